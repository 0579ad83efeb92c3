// Allowed names with arguments that do harm, and the honest calls that look like them.
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { alarms, findingsOf } from '../testing/findings-of.ts';
import { pickleCode } from './index.ts';

const latin1 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));
const named = (name: string): string => `c${name.slice(0, name.lastIndexOf('.'))}\n${name.slice(name.lastIndexOf('.') + 1)}\n`;
const text = (value: string): string => `X${String.fromCharCode(value.length & 255, value.length >> 8)}\0\0${value}`;
const whole = (value: bigint): string => `L${value}L\n`;
const called = (name: string, ...args: readonly string[]): string => `${named(name)}(${args.join('')}tR`;
const judge = async (value: string): Promise<string[]> => [...new Set(alarms(await findingsOf(pickleCode, [bytesOf('x.pkl', latin1(`\x80\x03${value}.`))])))].sort();

const ENCODER = 'sentence_transformers.SentenceTransformer.SentenceTransformer';
const DETECTOR = 'ultralytics.nn.tasks.DetectionModel';

describe('a class that is allowed to be restored', () => {
  it.each<readonly [string, string]>([
    ['called with a name', called(ENCODER, text('owner/name'), 'N', '\x88')],
    ['called with a path that other calls make', called(ENCODER, called('pathlib.PosixPath', text('a'), text('b')))],
    ['called with settings', called(DETECTOR, `}${text('activation')}${text('print(1)')}s`)],
    ['called with settings of an ordered dictionary', called(DETECTOR, `${called('collections.OrderedDict')}${text('activation')}${text('print(1)')}s`)],
    ['made with a path', `${named(ENCODER)}(${text('/etc/passwd')}t\x81`],
    ['made with an address by the name of an argument', `${named(DETECTOR)})}${text('weights')}${text('https://host.test/x')}s\x92`],
    ['called by OBJ', `(${named(ENCODER)}${text('owner/name')}o`],
    ['called by INST', `(${text('owner/name')}isentence_transformers.SentenceTransformer\nSentenceTransformer\n`],
    ['called as the base of another', called('copyreg._reconstructor', named(ENCODER), named(ENCODER), text('owner/name'))],
    ['called by torch', called('torch._tensor._rebuild_from_type_v2', named(ENCODER), named('torch.Tensor'), `(${text('owner/name')}t`, '}')],
    ['called by numpy', called('numpy.random._pickle.__generator_ctor', text('owner/name'), named(ENCODER))],
    ['to be called later', called('functools.partial', named(ENCODER), text('owner/name'))],
    ['to be called later, by a state', `${called('functools.partial', named('builtins.list'))}(${named(ENCODER)}(${text('owner/name')}t}Ntb`],
    ['that fetches a model of its own accord', called('torchmetrics.multimodal.clip_score.CLIPScore')],
  ])('is told where it is %s', async (_, value) => {
    expect(await judge(value)).toEqual(['medium ASY-PKL-003']);
  });

  it.each<readonly [string, string]>([
    ['restored', `${named(ENCODER)})\x81}${text('name')}${text('owner/name')}sb`],
    ['restored by protocol 0', `${called('copy_reg._reconstructor', named(ENCODER), named('__builtin__.object'), 'N')}}b`],
    ['an enumeration', called('transformers.trainer_utils.SchedulerType', text('cosine'))],
    ['an old instance', '(ixgboost.core\nBooster\n}b'],
    ['an output of tensors', called('transformers.generation.utils.GenerateDecoderOnlyOutput', called('torch._utils._rebuild_parameter', called('torch._utils._rebuild_tensor_v2', `(${text('storage')}${named('torch.FloatStorage')}${text('0')}${text('cpu')}K\x01tQ`, 'K\0', '(K\x01t', '(K\x01t', '\x89', '}'), '\x88', 'N'))],
    ['one that only keeps what it is given', called('functools.partial', named('torch.nn.modules.activation.GELU'), text('tanh'))],
  ])('passes where it is %s', async (_, value) => {
    expect(await judge(value)).toEqual([]);
  });
});

describe('harmless functions', () => {
  const range = called('builtins.range', whole(2n ** 44n));
  const doubled = Array.from({ length: 24 }, (_, i) => `${named('builtins.sum')}(](h${String.fromCharCode(i)}h${String.fromCharCode(i)}e]tRq${String.fromCharCode(i + 1)}`).join('');
  it.each<readonly [string, string]>([
    ['a power of a thousand million digits', called('builtins.pow', 'K\x0a', whole(2_000_000_000n))],
    ['a power of a power', called('builtins.pow', called('builtins.pow', 'K\x0a', whole(1_000_000n)), whole(1_000_000n))],
    ['a long range made a list', called('builtins.list', range)],
    ['a long range backwards', called('builtins.any', called('builtins.reversed', range))],
    ['a long range made a set by NEWOBJ', `${named('builtins.set')}(${range}t\x81`],
    ['a buffer of terabytes', called('builtins.bytearray', whole(2n ** 42n))],
    ['an array of terabytes', called('numpy.ndarray', `(${whole(2n ** 21n)}${whole(2n ** 21n)}t`)],
    ['an array of terabytes by the name of an argument', `${named('numpy.ndarray')})}${text('shape')}(${whole(2n ** 21n)}${whole(2n ** 21n)}ts\x92`],
    ['a layer of terabytes', called('torch.nn.modules.linear.Linear', whole(2n ** 22n), whole(2n ** 22n))],
    ['a fraction with a far exponent', called('fractions.Fraction', text('1e1000000000'))],
    ['sums of sums', `](${'K\0'.repeat(64)}eq\0${doubled}`],
  ])('%s is told', async (_, value) => {
    expect(await judge(value)).toEqual(['medium ASY-PKL-011']);
  });

  it.each<readonly [string, string]>([
    ['a long range as it is', range],
    ['a remainder of a power', called('builtins.pow', 'K\x03', whole(2n ** 40n), 'K\x07')],
    ['a slice', called('builtins.slice', 'K\0', whole(10n ** 12n), 'N')],
    ['a large number', whole(10n ** 400n)],
    ['a time in nanoseconds', called('numpy.datetime64', whole(1_700_000_000_000_000_000n))],
    ['a short range made a list', called('builtins.list', called('builtins.range', whole(1000n)))],
  ])('%s is quiet', async (_, value) => {
    expect(await judge(value)).toEqual([]);
  });
});

describe('honest parts of models', () => {
  it.each<readonly [string, string]>([
    ['a partial function of NumPy’s', `${called('functools.partial', named('numpy.clip'))}(${named('numpy.clip')}(K\0K\x01t}Ntb`],
    ['a hook around a module', `${named('torch.nn.modules.module._WrappedHook')})\x81}b`],
    ['a getter of an item', called('operator.itemgetter', 'K\x01')],
    ['a logger by its name', called('logging.getLogger', text('trainer'))],
    ['a data set of tensors', `${named('torch.utils.data.dataset.TensorDataset')})\x81}b`],
    ['a schedule that holds one of its methods', called('builtins.getattr', named('torch.optim.lr_scheduler.CyclicLR'), text('_triangular_scale_fn'))],
    ['a formula', `${named('statsmodels.base.data.PandasData')})\x81}${text('formula')}${text('y ~ x + np.log(z) + C(group, Treatment)')}sb`],
  ])('%s is quiet', async (_, value) => {
    expect(await judge(value)).toEqual([]);
  });

  it.each(["y ~ __import__('os').getcwd()", 'y ~ eval (z)', 'y ~ os.listdir(z)', 'y ~ np.load(z)'])('the formula %s is told, since statsmodels evaluates it', async (formula) => {
    expect(await judge(`${named('statsmodels.base.data.PandasData')})\x81}${text('formula')}${text(formula)}sb`)).toEqual(['high ASY-PKL-008']);
  });
});
