// What the playground learns of the open model counts for that model alone.
import { expect, it } from 'vitest';
import type { PicturePreparation } from './client.ts';
import { createPictureLab } from './picture-lab.ts';
import { scriptedClient } from './testing/scripted-client.ts';

const told: PicturePreparation = { channels: 3, height: 32, width: 32, layout: 'nhwc', scale: 255, mean: [0, 0, 0], std: [1, 1, 1], origin: 'told from the model’s answers: pixels go in from 0 to 255', guessed: true };

it('passes on the range that is told from the model’s answers', async () => {
  const heard: PicturePreparation[] = [];
  const lab = createPictureLab(scriptedClient({ preparation: { kind: 'ok', value: told } }), (pictures) => heard.push(pictures));
  const learning = lab.getState().learnRange();
  expect(lab.getState().telling).toBe(true);
  await learning;
  expect(heard).toEqual([told]);
  expect(lab.getState().telling).toBe(false);
});

it('drops what is told of a model that was closed meanwhile, and says a failure', async () => {
  const heard: PicturePreparation[] = [];
  const lab = createPictureLab(scriptedClient({ preparation: { kind: 'ok', value: told } }), (pictures) => heard.push(pictures));
  const learning = lab.getState().learnRange();
  lab.getState().reset();
  await learning;
  expect(heard).toEqual([]);
  const failing = createPictureLab(scriptedClient({}), (pictures) => heard.push(pictures));
  await failing.getState().learnRange();
  expect(failing.getState()).toMatchObject({ telling: false, failure: { kind: 'error' } });
});
