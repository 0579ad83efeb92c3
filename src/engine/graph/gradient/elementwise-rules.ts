// Input gradients of operators that work element by element, with NumPy's broadcasting where they have two inputs.
import { inputOf, numberOf, outputOf, Unsupported, type Emitter, type GradientRule } from './emitter.ts';

/** A rule for y = f(x): the derivative times what is pulled back. */
function unary(derivative: (emit: Emitter, x: string, y: string, pull: string, attribute: (name: string, otherwise: number) => number) => string): GradientRule {
  return ({ node, pull, emit }) => [derivative(emit, inputOf(node, 0), outputOf(node), pull, (name, otherwise) => numberOf(node, name, otherwise))];
}

/** A rule for y = f(a, b): both gradients in the output's shape; they are summed to the inputs' shapes here. */
function binary(gradients: (emit: Emitter, a: string, b: string, y: string, pull: string) => readonly [() => string, () => string]): GradientRule {
  return ({ node, pull, emit, wants }) => {
    const [a, b, y] = [inputOf(node, 0), inputOf(node, 1), outputOf(node)];
    const [toA, toB] = gradients(emit, a, b, y, pull);
    return [wants(0) ? emit.unbroadcast(toA(), emit.shape(y), emit.shape(a)) : undefined, wants(1) ? emit.unbroadcast(toB(), emit.shape(y), emit.shape(b)) : undefined];
  };
}

const passOn: GradientRule = ({ pull }) => [pull];
const greater = (emit: Emitter, a: string, b: number): string => emit.op('Greater', [a, emit.scalar(b)]);
const less = (emit: Emitter, a: string, b: number): string => emit.op('Less', [a, emit.scalar(b)]);
const oneMinus = (emit: Emitter, a: string): string => emit.sub(emit.scalar(1), a);
const square = (emit: Emitter, a: string): string => emit.mul(a, a);

/** Phi(x) + x phi(x) of the normal distribution. */
function gelu(emit: Emitter, x: string, pull: string): string {
  const phi = emit.scale(emit.op('Exp', [emit.scale(square(emit, x), -0.5)]), 1 / Math.sqrt(2 * Math.PI));
  const cumulative = emit.scale(emit.add(emit.op('Erf', [emit.scale(x, Math.SQRT1_2)]), emit.scalar(1)), 0.5);
  return emit.mul(pull, emit.add(cumulative, emit.mul(x, phi)));
}

/** d/dx of x/2 (1 + tanh u), u = sqrt(2/pi) (x + 0.044715 x^3). */
function tanhGelu(emit: Emitter, x: string, pull: string): string {
  const rate = Math.sqrt(2 / Math.PI);
  const cubic = emit.scale(square(emit, x), 0.044715);
  const t = emit.op('Tanh', [emit.scale(emit.mul(x, emit.add(cubic, emit.scalar(1))), rate)]);
  const inner = emit.scale(emit.add(emit.scale(cubic, 3), emit.scalar(1)), rate);
  const slope = emit.add(emit.add(t, emit.scalar(1)), emit.mul(emit.mul(x, inner), oneMinus(emit, square(emit, t))));
  return emit.mul(pull, emit.scale(slope, 0.5));
}

/** sigmoid(ax) (1 + ax (1 - sigmoid(ax))) */
function silu(emit: Emitter, x: string, pull: string, alpha: number): string {
  const u = emit.scale(x, alpha);
  const s = emit.op('Sigmoid', [u]);
  return emit.mul(pull, emit.mul(s, emit.add(emit.scalar(1), emit.mul(u, oneMinus(emit, s)))));
}

const variadic: GradientRule = ({ node, pull, emit, wants }) => node.inputs.map((input, at) => (wants(at) ? emit.unbroadcast(pull, emit.shape(outputOf(node)), emit.shape(input)) : undefined));

/** Max and Min of any number of inputs: the winner takes it; equal winners share nothing and each take all (a null set). */
const extreme: GradientRule = ({ node, pull, emit, wants }) =>
  node.inputs.map((input, at) => {
    if (!wants(at)) return undefined;
    return emit.unbroadcast(emit.where(emit.equal(input, outputOf(node)), pull), emit.shape(outputOf(node)), emit.shape(input));
  });

const where: GradientRule = ({ node, pull, emit, wants }) => {
  const condition = inputOf(node, 0);
  const zero = emit.scalar(0);
  const shape = emit.shape(outputOf(node));
  return [
    undefined,
    wants(1) ? emit.unbroadcast(emit.op('Where', [condition, pull, zero]), shape, emit.shape(inputOf(node, 1))) : undefined,
    wants(2) ? emit.unbroadcast(emit.op('Where', [condition, zero, pull]), shape, emit.shape(inputOf(node, 2))) : undefined,
  ];
};

/** float32 and float64: the way back is float32 throughout (double-values.ts). */
const FLOATS: ReadonlySet<number> = new Set([1, 11]);

export const ELEMENTWISE_RULES: Readonly<Record<string, GradientRule>> = {
  Identity: passOn,
  Dropout: passOn,
  Cast: ({ node, pull }) => {
    if (!FLOATS.has(numberOf(node, 'to', 0))) throw new Unsupported('a cast to a type other than float32');
    return [pull];
  },
  Relu: unary((emit, _x, y, pull) => emit.where(greater(emit, y, 0), pull)),
  LeakyRelu: unary((emit, x, _y, pull, attribute) => emit.op('Where', [greater(emit, x, 0), pull, emit.mul(pull, emit.scalar(attribute('alpha', 0.01)))])),
  Elu: unary((emit, x, y, pull, attribute) => emit.op('Where', [greater(emit, x, 0), pull, emit.mul(pull, emit.add(y, emit.scalar(attribute('alpha', 1))))])),
  Selu: unary((emit, x, y, pull, attribute) => {
    const gamma = attribute('gamma', 1.0507009873554805);
    return emit.op('Where', [greater(emit, x, 0), emit.scale(pull, gamma), emit.mul(pull, emit.add(y, emit.scalar(gamma * attribute('alpha', 1.6732632423543772))))]);
  }),
  Celu: unary((emit, x, y, pull, attribute) => emit.op('Where', [greater(emit, x, 0), pull, emit.mul(pull, emit.add(emit.scale(y, 1 / attribute('alpha', 1)), emit.scalar(1)))])),
  ThresholdedRelu: unary((emit, x, _y, pull, attribute) => emit.where(greater(emit, x, attribute('alpha', 1)), pull)),
  Softsign: unary((emit, x, _y, pull) => emit.div(pull, square(emit, emit.add(emit.op('Abs', [x]), emit.scalar(1))))),
  Sin: unary((emit, x, _y, pull) => emit.mul(pull, emit.op('Cos', [x]))),
  Cos: unary((emit, x, _y, pull) => emit.op('Neg', [emit.mul(pull, emit.op('Sin', [x]))])),
  Sigmoid: unary((emit, _x, y, pull) => emit.mul(pull, emit.mul(y, oneMinus(emit, y)))),
  Tanh: unary((emit, _x, y, pull) => emit.mul(pull, oneMinus(emit, square(emit, y)))),
  Erf: unary((emit, x, _y, pull) => emit.mul(pull, emit.scale(emit.op('Exp', [emit.op('Neg', [square(emit, x)])]), 2 / Math.sqrt(Math.PI)))),
  Exp: unary((emit, _x, y, pull) => emit.mul(pull, y)),
  Log: unary((emit, x, _y, pull) => emit.div(pull, x)),
  Sqrt: unary((emit, _x, y, pull) => emit.div(emit.scale(pull, 0.5), emit.divisor(y))),
  Reciprocal: unary((emit, _x, y, pull) => emit.op('Neg', [emit.mul(pull, square(emit, y))])),
  Neg: unary((emit, _x, _y, pull) => emit.op('Neg', [pull])),
  Abs: unary((emit, x, _y, pull) => emit.mul(pull, emit.op('Sign', [x]))),
  Softplus: unary((emit, x, _y, pull) => emit.mul(pull, emit.op('Sigmoid', [x]))),
  Clip: ({ node, pull, emit }) => [emit.where(emit.equal(inputOf(node, 0), outputOf(node)), pull)],
  HardSigmoid: unary((emit, _x, y, pull, attribute) => emit.where(emit.op('And', [greater(emit, y, 0), less(emit, y, 1)]), emit.mul(pull, emit.scalar(attribute('alpha', 0.2))))),
  HardSwish: unary((emit, x, _y, pull) => {
    const middle = emit.op('And', [greater(emit, x, -3), less(emit, x, 3)]);
    const high = emit.where(emit.op('Not', [less(emit, x, 3)]), pull);
    return emit.add(high, emit.where(middle, emit.mul(pull, emit.add(emit.scale(x, 1 / 3), emit.scalar(0.5)))));
  }),
  Gelu: ({ node, pull, emit }) => [node.attributes.get('approximate') === 'tanh' ? tanhGelu(emit, inputOf(node, 0), pull) : gelu(emit, inputOf(node, 0), pull)],
  FastGelu: ({ node, pull, emit }) => {
    if ((node.inputs[1] ?? '') !== '') throw new Unsupported('FastGelu with a bias');
    return [tanhGelu(emit, inputOf(node, 0), pull)];
  },
  QuickGelu: ({ node, pull, emit }) => [silu(emit, inputOf(node, 0), pull, numberOf(node, 'alpha', 1.702))],
  Swish: ({ node, pull, emit }) => [silu(emit, inputOf(node, 0), pull, numberOf(node, 'alpha', 1))],
  Mish: unary((emit, x, _y, pull) => {
    const t = emit.op('Tanh', [emit.op('Softplus', [x])]);
    const slope = emit.mul(emit.mul(x, emit.op('Sigmoid', [x])), oneMinus(emit, square(emit, t)));
    return emit.mul(pull, emit.add(t, slope));
  }),
  Add: binary((_emit, _a, _b, _y, pull) => [() => pull, () => pull]),
  Sub: binary((emit, _a, _b, _y, pull) => [() => pull, () => emit.op('Neg', [pull])]),
  Mul: binary((emit, a, b, _y, pull) => [() => emit.mul(pull, b), () => emit.mul(pull, a)]),
  Div: binary((emit, _a, b, y, pull) => [() => emit.div(pull, b), () => emit.op('Neg', [emit.div(emit.mul(pull, y), b)])]),
  PRelu: binary((emit, x, slope, _y, pull) => [
    () => emit.op('Where', [greater(emit, x, 0), pull, emit.mul(pull, slope)]),
    () => {
      throw new Unsupported('a PRelu whose slope depends on the input');
    },
  ]),
  Pow: binary((emit, x, exponent, _y, pull) => [
    () => emit.mul(pull, emit.bounded(emit.mul(exponent, emit.op('Pow', [x, emit.sub(exponent, emit.scalar(1))])))),
    () => {
      throw new Unsupported('a Pow whose exponent depends on the input');
    },
  ]),
  Sum: variadic,
  Mean: (context) => variadic(context).map((gradient) => (gradient === undefined ? undefined : context.emit.scale(gradient, 1 / context.node.inputs.length))),
  Max: extreme,
  Min: extreme,
  Where: where,
};

