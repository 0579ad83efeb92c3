/** Names under which models are saved. A file without a byte under one of them is a model that did not arrive. */
export const MODEL_NAMES = /\.(pkl|pickle|joblib|dill|pt|pth|ckpt|bin|h5|hdf5|keras|pb|tflite|gguf|safetensors|msgpack|mlmodel)$/i;
