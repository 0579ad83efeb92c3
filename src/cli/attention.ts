// `assay attention`: attention probabilities of one prompt as JSON, tokens beside them.
import { writeFile } from 'node:fs/promises';
import { requireFrame } from '../engine/artifact/frame.ts';
import { ArtifactError } from '../engine/core/artifact-error.ts';
import { plainError } from '../engine/core/plain-error.ts';
import { shown } from '../engine/core/shown.ts';
import { refuseLostWords } from '../engine/runtime/refuse-lost-words.ts';
import { openForReport, openRunnable } from './open-model.ts';

export interface AttentionArguments {
  readonly path: string;
  readonly prompt: string;
  readonly json: string;
}

/** Digits kept: attention agrees with PyTorch to about 1e-5. */
const DIGITS = 5;
const BAD_INPUT = 2;
/** Said in the file itself: people who look at the page count from 1. */
const ORDER = 'attention[layer][head][query][key], each row of a query as long as the tokens it sees, all counted from 0 as in tensor names; Assay’s page counts layers and heads from 1';

export async function attention({ path, prompt, json }: AttentionArguments): Promise<number> {
  const { artifact } = await openForReport(path);
  const { runnable, notRunnable } = await openRunnable(artifact, 'cpu');
  if (runnable === undefined) {
    process.stderr.write(`${shown(artifact.name)} cannot be run: ${notRunnable ?? 'it holds no model'}\n`);
    return BAD_INPUT;
  }
  if (runnable.task !== 'causal-lm') {
    await runnable.model.dispose();
    throw new ArtifactError({ code: 'unsupported-format', format: artifact.kind, file: path, expected: 'a causal language model', actual: `a model for ${runnable.task}` });
  }
  const { model, tokenizer, template } = runnable;
  for (const problem of artifact.problems) process.stderr.write(`note: ${plainError(problem)}\n`);
  if (template.origin === 'none') process.stderr.write('note: no chat template was found, and the prompt is run as it stands\n');
  try {
    const ids = tokenizer.encode(template.render([{ role: 'user', content: prompt }], { addGenerationPrompt: true }));
    // Beside the same prompt without the user's words.
    if (prompt.trim() !== '') refuseLostWords([ids, requireFrame(template, tokenizer).rowIds('')]);
    const maps = await model.attention(ids);
    const size = ids.length;
    const layers = Array.from({ length: maps.layers }, (_, l) => {
      const values = maps.layer(l);
      return Array.from({ length: maps.heads }, (__, h) =>
        Array.from({ length: size }, (___, q) => Array.from(values.subarray((h * size + q) * size, (h * size + q) * size + q + 1), (value) => Number(value.toFixed(DIGITS)))),
      );
    });
    const text = `${JSON.stringify({
      schema: 'assay-attention/1',
      model: artifact.name,
      prompt,
      ids,
      tokens: ids.map((id) => tokenizer.tokenText(id)),
      order: ORDER,
      layers: maps.layers,
      heads: maps.heads,
      // Keys up to the query (causal).
      attention: layers,
    })}\n`;
    if (json === '-') process.stdout.write(text);
    else await writeFile(json, text);
    return 0;
  } finally {
    await model.dispose();
  }
}
