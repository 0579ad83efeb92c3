// What frameworks need to rebuild arrays, tensors, estimators and their settings: the only names a pickle may use without
// a word. Functions are listed one by one. Classes of a package are allowed by where they stand and how they are written
// (CamelCase, no underscore in front), which keeps its functions out; what must stay out all the same is in
// dangerous-names.ts and is asked first.

/** 'module.name', exactly. */
const FUNCTIONS: readonly string[] = [
  // torch: tensors, parameters, storages (torch/_utils.py, torch/serialization.py, torch/_weights_only_unpickler.py).
  ...['_rebuild_tensor', '_rebuild_tensor_v2', '_rebuild_tensor_v3', '_rebuild_parameter', '_rebuild_parameter_with_state', '_rebuild_parameter_v2', '_rebuild_sparse_tensor', '_rebuild_sparse_csr_tensor', '_rebuild_nested_tensor', '_rebuild_qtensor', '_rebuild_meta_tensor_no_storage', '_rebuild_wrapper_subclass', '_rebuild_device_tensor_from_numpy', '_rebuild_device_tensor_from_cpu_tensor', '_rebuild_xla_tensor'].map((name) => `torch._utils.${name}`),
  'torch._tensor._rebuild_from_type', 'torch._tensor._rebuild_from_type_v2', 'torch.Size', 'torch.device', 'torch.dtype', 'torch.layout', 'torch.memory_format', 'torch.finfo', 'torch.iinfo', 'torch.Tensor', 'torch.Generator', 'torch.tensor', 'torch.nn.parameter.Parameter', 'torch.nn.Parameter', 'torch.nn.parameter.Buffer', 'torch.nn.parameter.UninitializedParameter', 'torch.serialization._get_layout', 'torch._utils._get_layout', 'torch.storage.TypedStorage', 'torch.storage.UntypedStorage', 'torch.storage._TypedStorage', 'torch.storage._UntypedStorage', 'torch._C._nn.gelu', 'torch.nn.functional.relu', 'torch.nn.functional.gelu', 'torch.nn.functional.silu', 'torch.nn.functional.elu', 'torch.nn.functional.leaky_relu', 'torch.nn.functional.softmax', 'torch.nn.functional.log_softmax', 'torch.nn.functional.sigmoid', 'torch.nn.functional.tanh', 'torch.relu', 'torch.tanh', 'torch.sigmoid', 'torch.ScriptObject', 'torch.jit._pickle.build_intlist', 'torch.jit._pickle.build_tensorlist', 'torch.jit._pickle.build_doublelist', 'torch.jit._pickle.build_boollist', 'torch.jit._pickle.build_tensor_from_id', 'torch.jit._pickle.restore_type_tag',
  ...['float16', 'float32', 'float64', 'bfloat16', 'half', 'float', 'double', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'bool', 'complex32', 'complex64', 'complex128', 'qint8', 'quint8', 'qint32', 'quint4x2', 'quint2x4', 'float8_e4m3fn', 'float8_e5m2', 'float8_e4m3fnuz', 'float8_e5m2fnuz', 'strided', 'sparse_coo', 'sparse_csr', 'contiguous_format', 'channels_last', 'preserve_format', 'per_tensor_affine', 'per_channel_affine', 'per_tensor_symmetric', 'per_channel_symmetric'].map((name) => `torch.${name}`),
  // numpy (numpy/_core/multiarray.py, numpy/random/_pickle.py).
  ...['numpy.core', 'numpy._core'].flatMap((core) => [`${core}.multiarray._reconstruct`, `${core}.multiarray.scalar`, `${core}.numeric._frombuffer`, `${core}._multiarray_umath._reconstruct`, `${core}.numeric.normalize_axis_tuple`, `${core}._internal._reconstruct`]),
  'numpy.vectorize', 'numpy.lib.function_base.vectorize', 'numpy.lib._function_base_impl.vectorize', 'numpy.poly1d', 'numpy.lib.polynomial.poly1d', 'numpy.lib._polynomial_impl.poly1d', 'numpy.ndarray', 'numpy.dtype', 'numpy.generic', 'numpy.ma.core._mareconstruct', 'numpy.ma.core.MaskedArray', 'numpy.ma.MaskedArray', 'numpy.ma.core.MaskedConstant', 'numpy.char.chararray', 'numpy.core.defchararray.chararray', 'numpy._core.defchararray.chararray', 'numpy.matrix', 'numpy.matrixlib.defmatrix.matrix', 'numpy.recarray', 'numpy.rec.recarray', 'numpy.core.records.recarray', 'numpy._core.records.recarray', 'numpy.record', 'numpy.core.records.record',
  'numpy.random._pickle.__randomstate_ctor', 'numpy.random._pickle.__generator_ctor', 'numpy.random._pickle.__bit_generator_ctor', 'numpy.random.__RandomState_ctor', 'numpy.random.mtrand.RandomState', 'numpy.random._mt19937.MT19937', 'numpy.random._pcg64.PCG64', 'numpy.random._philox.Philox', 'numpy.random._sfc64.SFC64', 'numpy.random._generator.Generator', 'numpy.random.bit_generator.SeedSequence', 'numpy.random.bit_generator.__pyx_unpickle_SeedSequence', 'numpy.random.RandomState',
  ...['bool_', 'bool8', 'bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'float16', 'float32', 'float64', 'float128', 'longdouble', 'complex64', 'complex128', 'str_', 'unicode_', 'bytes_', 'void', 'object_', 'intc', 'intp', 'longlong', 'datetime64', 'timedelta64', 'nan', 'inf'].map((name) => `numpy.${name}`),
  ...['log1p', 'expm1', 'exp', 'log', 'sqrt', 'square', 'abs', 'tanh', 'mean', 'median'].map((name) => `numpy.${name}`),
  // Python itself.
  ...['set', 'frozenset', 'list', 'dict', 'tuple', 'int', 'float', 'complex', 'bool', 'str', 'bytes', 'bytearray', 'range', 'slice', 'object', 'Ellipsis', 'NotImplemented', 'long', 'unicode', 'xrange', 'basestring', 'NoneType', 'Exception', 'ValueError', 'KeyError', 'TypeError', 'RuntimeError', 'IndexError', 'AttributeError', 'StopIteration',
    // Functions of numbers and lists, as callbacks: they look at what they are given and at nothing else.
    'abs', 'all', 'any', 'divmod', 'hash', 'len', 'max', 'min', 'pow', 'reversed', 'round', 'sorted', 'sum'].flatMap((name) => [`builtins.${name}`, `__builtin__.${name}`]),
  'copyreg._reconstructor', 'copy_reg._reconstructor', 'copyreg.__newobj__', 'copyreg.__newobj_ex__', '_codecs.encode', 'codecs.encode',
  ...['OrderedDict', 'defaultdict', 'deque', 'Counter', 'ChainMap', 'UserDict', 'UserList'].map((name) => `collections.${name}`),
  ...['datetime', 'date', 'time', 'timedelta', 'timezone'].map((name) => `datetime.${name}`),
  'decimal.Decimal', 'fractions.Fraction', 'uuid.UUID', 'uuid.SafeUUID', 'argparse.Namespace', 'array.array', 'array._array_reconstructor', 'random.Random', 'pytz._UTC', 'pytz._p', 'dateutil.tz.tz.tzutc', 'zoneinfo.ZoneInfo._unpickle', 'types.SimpleNamespace', 're._compile', 'math.log', 'math.exp', 'string.Template', 'types.NoneType', 'ipaddress.IPv4Address',
  ...['Path', 'PosixPath', 'PurePath', 'PurePosixPath', 'WindowsPath', 'PureWindowsPath'].flatMap((name) => [`pathlib.${name}`, `pathlib._local.${name}`]),
  // What gensim puts in place of a method: it raises.
  'gensim.utils.call_on_class_only',
  // Getters of an item, and loggers by name: they look up and keep, and call nothing. PIL restores a picture without a file.
  'operator.itemgetter', '_operator.itemgetter', 'logging.getLogger', 'PIL.Image.Image',
  // joblib's wrappers around arrays.
  'joblib.numpy_pickle.NumpyArrayWrapper', 'joblib.numpy_pickle.NDArrayWrapper', 'joblib.numpy_pickle.ZNDArrayWrapper', 'joblib.numpy_pickle_compat.NDArrayWrapper', 'joblib.numpy_pickle_compat.ZNDArrayWrapper',
  // scipy and pandas.
  'scipy.sparse._csr.csr_matrix', 'scipy.stats._distn_infrastructure.rv_frozen', 'pandas.core.indexes.base._new_Index', 'pandas.core.indexes.base.Index', 'pandas._libs.internals._unpickle_block', 'pandas.core.internals.blocks.new_block', 'pandas._libs.arrays.__pyx_unpickle_NDArrayBacked', 'pandas.core.internals.managers.BlockManager', 'pandas.core.internals.managers.SingleBlockManager', 'pandas._libs.tslibs.timestamps._unpickle_timestamp', 'pandas._libs.tslibs.offsets._unpickle', 'pandas.core.indexes.datetimes._new_DatetimeIndex', 'pandas._libs.missing.NAType', 'pandas.NA', 'pandas._libs.missing.NA', 'pandas._libs.tslibs.nattype._nat_unpickle', 'pandas._libs.tslibs.timedeltas._timedelta_unpickle',
  // pandas 3 names its classes by the package. Its other classes open files (HDFStore, ExcelFile).
  ...['DataFrame', 'Series', 'Index', 'RangeIndex', 'MultiIndex', 'CategoricalIndex', 'DatetimeIndex', 'TimedeltaIndex', 'PeriodIndex', 'IntervalIndex', 'Categorical', 'CategoricalDtype', 'StringDtype', 'PeriodDtype', 'IntervalDtype', 'DatetimeTZDtype', 'SparseDtype', 'ArrowDtype', 'BooleanDtype', 'Int8Dtype', 'Int16Dtype', 'Int32Dtype', 'Int64Dtype', 'UInt8Dtype', 'UInt16Dtype', 'UInt32Dtype', 'UInt64Dtype', 'Float32Dtype', 'Float64Dtype', 'Timestamp', 'Timedelta', 'Period', 'Interval', 'Flags', 'DateOffset'].map((name) => `pandas.${name}`),
  ...['_new_IntervalIndex', '_new_PeriodIndex'].flatMap((name) => [`pandas.core.indexes.interval.${name}`, `pandas.core.indexes.period.${name}`]),
  // scikit-learn's compiled trees and distances.
  'sklearn.tree._tree.Tree', 'sklearn.neighbors._kd_tree.newObj', 'sklearn.neighbors._ball_tree.newObj', 'sklearn.neighbors._dist_metrics.newObj', 'sklearn.metrics._dist_metrics.newObj', 'sklearn.base._FunctionTransformer', 'sklearn.feature_extraction.text.strip_accents_unicode', 'sklearn.gaussian_process.kernels.Sum', 'sklearn.metrics._scorer._passthrough_scorer',
  // Quantisation tables and progress state of common trainers.
  'ultralytics.utils.IterableSimpleNamespace', 'ultralytics.yolo.utils.IterableSimpleNamespace', 'omegaconf.dictconfig.DictConfig', 'omegaconf.listconfig.ListConfig', 'omegaconf.base.ContainerMetadata', 'omegaconf.base.Metadata', 'omegaconf.nodes.AnyNode', 'typing.Any', 'typing.Union', 'typing.Optional', 'typing.Dict', 'typing.List', 'torch.distributed.constants.default_pg_timeout',
];

const CAMEL = /^[A-Z][A-Za-z0-9]*$/;
const TENSOR_STORAGE = /^(Double|Float|Half|BFloat16|Long|Int|Short|Char|Byte|Bool|ComplexFloat|ComplexDouble|QInt8|QUInt8|QInt32|QUInt4x2|QUInt2x4|Untyped|Typed)(Storage|Tensor)$/;
const CYTHON = /^__pyx_unpickle_[A-Za-z0-9_]+$/;

/** Packages whose classes do nothing with what they are made of but keep it or calculate with it. */
const KEEP: readonly string[] = [
  'torch.nn.modules', 'torch.nn.quantized', 'torch.nn.intrinsic', 'torch.ao.nn', 'torch.ao.quantization', 'torch.quantization', 'torch.optim', 'torch.distributions', 'torch.nn.utils', 'torch.amp', 'torch.cuda.amp', 'torch.masked', 'torch.torch_version', 'torch.nn.attention', 'torch.utils.data.dataset', 'torch.utils.data.sampler', 'torch.utils.data.distributed', 'torch.utils.data.dataloader',
  'torchvision.ops', 'torchvision.transforms', 'timm.layers', 'transformers.activations', 'transformers.modeling_outputs', 'transformers.pytorch_utils', 'imblearn', 'category_encoders', 'easydict', 'megatron.core.enums', 'megatron.core.transformer.enums', 'nltk.probability', 'spacy.strings', 'networkx.classes', 'scipy.interpolate', 'scipy.optimize', 'scipy.spatial', 'scipy.stats', 'pandas.core', 'pandas._libs', 'pandas.arrays', 'numpy.dtypes', 'numpy.polynomial',
];

/**
 * Packages of which some classes fetch, read, import, evaluate or start what the arguments of their constructors name
 * (SentenceTransformer, DetectionModel, PPO, Booster, StanfordPOSTagger). Pickles restore their objects without calling them.
 */
const RESTORED: readonly string[] = [
  'torchvision.models', 'torchaudio.models', 'torchmetrics', 'timm.models', 'segmentation_models_pytorch', 'sentence_transformers.models', 'ultralytics.nn.modules', 'ultralytics.nn.tasks', 'ultralytics.yolo.utils.loss', 'ultralytics.yolo.utils.tal', 'ultralytics.utils.loss', 'ultralytics.utils.tal', 'models.yolo', 'models.common', 'models.experimental', 'pytorch_lightning.callbacks', 'lightning.pytorch.callbacks', 'lightning_fabric.utilities',
  ...['training_args', 'training_args_seq2seq', 'trainer_utils', 'trainer_pt_utils', 'trainer_callback', 'models', 'configuration_utils', 'generation', 'tokenization_utils', 'tokenization_utils_base', 'tokenization_utils_fast', 'tokenization_utils_tokenizers', 'utils.quantization_config', 'utils.generic', 'debug_utils', 'cache_utils', 'integrations.deepspeed', 'data.data_collator', 'optimization', 'modeling_utils'].map((part) => `transformers.${part}`),
  'accelerate.state', 'accelerate.utils', 'peft.peft_model', 'peft.tuners', 'peft.utils', 'peft.config', 'trl.trainer', 'diffusers.configuration_utils', 'tokenizers', 'optimum.configuration_utils',
  'xgboost.sklearn', 'xgboost.core', 'xgboost.callback', 'lightgbm.sklearn', 'lightgbm.basic', 'catboost.core', 'statsmodels', 'deepspeed.runtime.zero.config', 'deepspeed.runtime.fp16.loss_scaler', 'fastai.learner', 'fastai.data', 'fastai.callback', 'gensim.models', 'hmmlearn', 'keras.src.models', 'mmengine.logging', 'nltk.tokenize', 'nltk.tag', 'nltk.classify', 'sentence_transformers.SentenceTransformer', 'sentence_transformers.cross_encoder', 'sklearn_crfsuite', 'spacy.vocab', 'spacy.tokens', 'speechbrain.dataio.encoder', 'stable_baselines3.common.policies', 'stable_baselines3.ppo', 'stable_baselines3.dqn', 'stable_baselines3.sac', 'stable_baselines3.td3', 'stable_baselines3.a2c', 'umap.umap_', 'hdbscan', 'pmdarima', 'prophet.forecaster',
];

interface Home {
  readonly home: string;
  readonly names: RegExp;
  /** Constructors that act on their arguments. */
  readonly acts?: true;
}

/** Packages whose classes hold parameters or settings. */
const CLASS_HOMES: readonly Home[] = [
  { home: 'torch', names: TENSOR_STORAGE },
  { home: 'torch.cuda', names: TENSOR_STORAGE },
  ...KEEP.map((home) => ({ home, names: CAMEL })),
  ...RESTORED.map((home): Home => ({ home, names: CAMEL, acts: true })),
  // scikit-learn keeps parts of an estimator in classes with an underscore in front.
  ...['sklearn.base', 'sklearn.calibration', 'sklearn.cluster', 'sklearn.compose', 'sklearn.covariance', 'sklearn.cross_decomposition', 'sklearn.decomposition', 'sklearn.discriminant_analysis', 'sklearn.dummy', 'sklearn.ensemble', 'sklearn.feature_extraction', 'sklearn.feature_selection', 'sklearn.gaussian_process', 'sklearn.impute', 'sklearn.isotonic', 'sklearn.kernel_approximation', 'sklearn.kernel_ridge', 'sklearn.linear_model', 'sklearn.manifold', 'sklearn.metrics', 'sklearn.mixture', 'sklearn.model_selection', 'sklearn.multiclass', 'sklearn.multioutput', 'sklearn.naive_bayes', 'sklearn.neighbors', 'sklearn.neural_network', 'sklearn.pipeline', 'sklearn.preprocessing', 'sklearn.random_projection', 'sklearn.semi_supervised', 'sklearn.svm', 'sklearn.tree', 'sklearn._loss', 'sklearn.utils._bunch', 'sklearn.utils.deprecation', 'sklearn.utils._metadata_requests', 'sklearn.inspection', 'sklearn.utils.validation', 'sklearn.utils._encode'].map((home) => ({ home, names: /^_{0,2}[A-Z][A-Za-z0-9]*$/ })),
  // A class written as a function: it keeps a pattern and types of columns.
  { home: 'sklearn.compose', names: /^make_column_selector$/ },
  { home: 'scipy.sparse', names: /^[a-z]{3}_(matrix|array)$/ },
  { home: 'scipy.stats', names: /^[a-z0-9_]+_gen$|^rv_[a-z_]+$|^gaussian_kde$/ },
  // A hook of a module, and a constructor with its settings.
  { home: 'torch.nn.modules.module', names: /^_WrappedHook$/ },
  { home: 'torch.ao.quantization.observer', names: /^_PartialWrapper$/ },
  { home: 'scipy.interpolate', names: /^(interp1d|interp2d|_?[A-Z][A-Za-z0-9]*)$/ },
  { home: 'scipy.spatial', names: /^cKDTree$/ },
  // Filters of state-space models, compiled for each of BLAS's four types.
  { home: 'statsmodels.tsa', names: /^[sdcz][A-Z][A-Za-z]+$/ },
  { home: 'sklearn', names: CYTHON },
  { home: 'pandas', names: CYTHON },
];

const EXACT: ReadonlySet<string> = new Set(FUNCTIONS);

/** Listed by its full name, which outweighs what is said of its module. */
export function isListed(module: string, name: string): boolean {
  return EXACT.has(`${module}.${name}`);
}

export function isAllowed(module: string, name: string): boolean {
  return isListed(module, name) || homesOf(module, name).length > 0;
}

/** Allowed so that its objects can be restored, and not so that it is called. */
export function isRestoredOnly(module: string, name: string): boolean {
  const homes = isListed(module, name) ? [] : homesOf(module, name);
  return homes.length > 0 && homes.every(({ acts }) => acts === true);
}

function homesOf(module: string, name: string): Home[] {
  return CLASS_HOMES.filter(({ home, names }) => (module === home || module.startsWith(`${home}.`)) && names.test(name));
}

/** Numerical packages whose functions may be named (a scorer, a distance) as long as the pickle does not call them. */
const NAMED_HOMES = /^(sklearn|scipy|numpy|torch\.nn\.functional|torch\.nn\.init|transformers\.activations|torch\.utils\.data\._utils\.collate|pandas\.core|xgboost|lightgbm)(\.|$)/;

export function mayBeNamed(module: string, name: string): boolean {
  return NAMED_HOMES.test(module) && /^[A-Za-z_]\w*$/.test(name) && !name.startsWith('__');
}
