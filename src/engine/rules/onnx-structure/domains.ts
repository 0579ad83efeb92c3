// Whose operators are ordinary, and which run code that the model brings along.

/** ONNX's own domains, the ones onnxruntime builds in, and the namespaces that exporters give their local functions. */
const BUILT_IN = new Set([
  '', 'ai.onnx', 'ai.onnx.ml', 'ai.onnx.training', 'ai.onnx.preview', 'ai.onnx.preview.training',
  'com.microsoft', 'com.microsoft.nchwc', 'com.microsoft.experimental', 'com.microsoft.dml', 'com.ms.internal.nhwc', 'com.ms.internal.nchwc',
  'org.pytorch.aten', 'com.github.onnx.onnx-mlir',
]);

export function isBuiltIn(domain: string): boolean {
  return BUILT_IN.has(domain);
}

/** Operators that call into a Python interpreter or a library of somebody's choice. */
const RUNS_CODE = new Set(['PythonOp', 'PythonOpGrad', 'PyOp', 'PyCustomOp', 'PyCustomOpDef', 'PythonFunction', 'PyFunc', 'EagerPyFunc', 'PyFuncStateless', 'ExternalOp', 'OpenVINOCustomOp']);

export function runsCode(type: string): boolean {
  return RUNS_CODE.has(type);
}
