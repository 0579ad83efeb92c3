// Files that are known by their name and by nothing else: TensorFlow's checkpoint, Ollama's Modelfile. Line by line.
import { concernsIn } from '../chat-template/hidden-text.ts';
import type { Ask } from './ask.ts';
import { reachesOut } from './paths.ts';

const MAX_LINES = 20_000;
const MAX_LINE = 4000;

export function namedFileAsks(name: string, text: string): Ask[] {
  const lines = text.split('\n', MAX_LINES).map((line) => line.slice(0, MAX_LINE));
  if (name === 'checkpoint') return pathAsks(lines, /^\s{0,20}(?:all_)?model_checkpoint_paths?\s{0,4}:\s{0,4}"([^"]{1,1000})"/);
  if (!/^modelfile$/i.test(name)) return [];
  const system = /^SYSTEM\s{1,20}(?:"""([^]{0,20000}?)"""|(.{0,4000}))/im.exec(text);
  const prompt = system?.[1] ?? system?.[2] ?? '';
  const [concern] = concernsIn(prompt).filter(({ severity }) => severity !== 'info');
  return [
    ...pathAsks(lines, /^\s{0,20}(?:FROM|ADAPTER)\s{1,20}(\S{1,1000})/i),
    ...(concern === undefined ? [] : [{ kind: 'prompt' as const, key: 'SYSTEM', value: concern.text, what: concern.what }]),
  ];
}

function pathAsks(lines: readonly string[], pattern: RegExp): Ask[] {
  return lines.flatMap((line, i): Ask[] => {
    const path = pattern.exec(line)?.[1];
    return path === undefined || !reachesOut(path) ? [] : [{ kind: 'path', key: `line ${i + 1}`, value: path, what: 'a file outside of the folder' }];
  });
}
