/** 'trigger-scan' as words. */
export function analysisLabel(id: string): string {
  const words = id.replaceAll('-', ' ').replace('onnx', 'ONNX').replace('tensorflow', 'TensorFlow');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
