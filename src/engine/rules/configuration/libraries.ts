// Packages that a configuration may name without a word: the libraries that model folders belong to, and the modules of
// diffusers' own pipelines, which a model_index.json names as if they were packages (diffusers/pipelines, 0.35).

const LIBRARIES = new Set([
  'transformers', 'diffusers', 'peft', 'torch', 'timm', 'sentence_transformers', 'adapters', 'open_clip', 'huggingface_hub', 'tokenizers', 'optimum', 'accelerate', 'flax', 'jax',
  'tensorflow', 'keras', 'onnxruntime', 'trl', 'speechbrain', 'nemo', 'espnet', 'fairseq', 'allennlp', 'flair', 'spacy', 'stanza', 'mlx', 'mlx_lm', 'mlx_vlm', 'pyannote', 'setfit', 'span_marker', 'gliner', 'megatron', 'unsloth', 'axolotl', 'llama', 'sklearn', 'xgboost', 'lightgbm', 'catboost', 'pylate', 'model2vec', 'nunchaku',
]);

const PIPELINES = new Set(
  'allegro alt_diffusion amused animatediff audio_diffusion audioldm audioldm2 aura_flow blip_diffusion bria chroma cogvideo cogview3 cogview4 consisid consistency_models controlnet controlnet_hunyuandit controlnet_sd3 controlnet_xs cosmos dance_diffusion ddim ddpm deepfloyd_if dit easyanimate flux hidream_image hunyuan_video hunyuandit i2vgen_xl ip_adapter kandinsky kandinsky2_2 kandinsky3 kandinsky5 kolors latent_consistency_models latent_diffusion latent_diffusion_uncond latte ledits_pp ltx lumina lumina2 marigold mochi musicldm omnigen onnx pag paint_by_example pia pixart_alpha pndm qwenimage repaint sana score_sde_ve semantic_stable_diffusion shap_e skyreels_v2 spectrogram_diffusion stable_audio stable_cascade stable_diffusion stable_diffusion_3 stable_diffusion_attend_and_excite stable_diffusion_diffedit stable_diffusion_gligen stable_diffusion_k_diffusion stable_diffusion_ldm3d stable_diffusion_panorama stable_diffusion_safe stable_diffusion_sag stable_diffusion_xl stable_video_diffusion stochastic_karras_ve t2i_adapter text_to_video_synthesis unclip unidiffuser versatile_diffusion visualcloze vq_diffusion wan wuerstchen'.split(' '),
);

export function isKnownLibrary(name: string): boolean {
  return LIBRARIES.has(name.split('.')[0] ?? '');
}

export function isPipelineModule(name: string): boolean {
  return PIPELINES.has(name);
}
