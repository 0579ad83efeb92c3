// Recipes of training: what somebody hands to a trainer (axolotl, LLaMA-Factory, TRL, torchtune, mergekit) to make a model. No
// loader of the finished model reads them; that their trainer may run the base model's code concerns whoever trains again.
import { isObject, type JsonObject } from '../../artifact/text.ts';

const TRAINS = /^(?:datasets?|dataset_\w{1,40}|train_\w{1,40}|test_datasets|val_set_size|eval_\w{1,40}|learning_rate|lr|lr_scheduler\w{0,10}|optim|optimizer|num_(?:train_)?epochs|epochs|max_steps|warmup_\w{1,20}|weight_decay|gradient_\w{1,40}|per_device_\w{1,40}|micro_batch_size|batch_size|base_model|model_name_or_path|sequence_len|sample_packing|load_in_[48]bit|adapter|lora_\w{1,40}|peft\w{0,20}|finetuning_type|stage|merge_method|slices|output_dir|deepspeed|fsdp\w{0,20}|wandb_\w{1,30}|bf16|fp16|seed)$/;
/** What the finished model's own settings say. */
const LOADED = /^(?:model_type|architectures|auto_map|tokenizer_class|peft_type|_class_name|image_processor_type|feature_extractor_type|processor_class)$/;
const FEWEST = 2;

export function isRecipe(value: JsonObject): boolean {
  const keys = Object.entries(value).flatMap(([key, child]) => [key, ...(isObject(child) ? Object.keys(child).slice(0, 200) : [])]);
  return !Object.keys(value).some((key) => LOADED.test(key)) && keys.filter((key) => TRAINS.test(key)).length >= FEWEST;
}
