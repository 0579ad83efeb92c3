// The playground of an image classifier: the user's own pictures (or those of a finding) without and with a reconstructed
// trigger, and the preprocessing they go through.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Finding, PicturesEvidence } from '../engine/core/finding.ts';
import { rgbaOf } from '../engine/core/picture-pixels.ts';
import type { Failure } from '../engine/core/result.ts';
import type { Look } from '../engine/probes/image-trigger/look.ts';
import type { AssayClient, LookRequest, PicturePreparation } from './client.ts';

export interface LabPicture {
  readonly name: string;
  readonly picture: LookRequest['picture'];
}

export interface LabLook {
  readonly id: number;
  readonly name: string;
  /** What was stamped, undefined where nothing was. */
  readonly trigger: string | undefined;
  readonly picture: LabPicture;
  readonly look: Look;
}

export interface LabStamp {
  readonly trigger: string;
  readonly targetLabel: string | undefined;
  readonly stamp: PicturesEvidence['stamp'];
}

export interface PictureLabState {
  readonly stamp: LabStamp | undefined;
  readonly status: 'idle' | 'running';
  readonly failure: Failure | undefined;
  /** True while the range of pictures is told from the model's answers. */
  readonly telling: boolean;
  /** Newest first. */
  readonly looks: readonly LabLook[];
  /** Takes a finding's trigger, and looks at the pictures it was shown on. */
  take(finding: Finding, pictures: PicturesEvidence): void;
  /** Without a trigger from here on. */
  dropStamp(): void;
  look(pictures: readonly LabPicture[]): Promise<void>;
  /** Asks which range pictures go in, as the audit tells it: when the model was opened, files alone could say. */
  learnRange(): Promise<void>;
  /** New preprocessing (undefined: as read or told); what is shown is looked at again. */
  prepare(change: Pick<PicturePreparation, 'scale' | 'mean' | 'std'> | undefined): Promise<void>;
  clear(): void;
  reset(): void;
}

const MOST_LOOKS = 12;
const FROM_FINDING = 2;

export function createPictureLab(client: AssayClient, onPrepared: (pictures: PicturePreparation) => void): StoreApi<PictureLabState> {
  return createStore<PictureLabState>((set, get) => {
    let run = 0;
    let next = 0;
    /** Counts models. */
    let opened = 0;
    /** Calls of `look` that are not done. */
    let waiting = 0;
    return {
      stamp: undefined,
      status: 'idle',
      failure: undefined,
      telling: false,
      looks: [],
      take: (finding, { stamp, targetLabel, rows }) => {
        run++;
        waiting = 0;
        set({ stamp: { trigger: finding.trigger?.value ?? finding.title, targetLabel, stamp }, looks: [] });
        const shown = rows.slice(0, FROM_FINDING).flatMap(({ before, made }, at): LabPicture[] => {
          const rgba = rgbaOf(before);
          return rgba === undefined ? [] : [{ name: `${made ? 'made by Assay' : 'yours'} ${at + 1}`, picture: { width: before.width, height: before.height, rgba } }];
        });
        void get().look(shown);
      },
      dropStamp: () => set({ stamp: undefined }),
      look: async (pictures) => {
        const mine = run;
        waiting++;
        set({ status: 'running', failure: undefined });
        for (const picture of pictures) {
          const { stamp } = get();
          const result = await client.look({ picture: picture.picture, stamp: stamp?.stamp });
          if (mine !== run) return;
          if (result.kind === 'cancelled') break;
          // A file that is no picture keeps no other from being looked at.
          if (result.kind === 'error') {
            set({ failure: result });
            continue;
          }
          const entry: LabLook = { id: next++, name: picture.name, trigger: stamp?.trigger, picture, look: result.value };
          set((state) => ({ looks: [entry, ...state.looks].slice(0, MOST_LOOKS) }));
        }
        waiting--;
        if (waiting === 0) set({ status: 'idle' });
      },
      learnRange: async () => {
        if (get().telling) return;
        const mine = opened;
        set({ telling: true });
        const result = await client.preparation();
        if (mine !== opened) return;
        set({ telling: false });
        if (result.kind === 'ok') onPrepared(result.value);
        else set({ failure: result });
      },
      prepare: async (change) => {
        const mine = opened;
        const result = await client.prepare(change);
        if (mine !== opened) return;
        if (result.kind !== 'ok') {
          set({ failure: result });
          return;
        }
        onPrepared(result.value);
        const again = get().looks.map(({ picture }) => picture).toReversed();
        set({ looks: [] });
        await get().look(again);
      },
      clear: () => set({ looks: [] }),
      reset: () => {
        run++;
        opened++;
        waiting = 0;
        set({ stamp: undefined, status: 'idle', failure: undefined, telling: false, looks: [] });
      },
    };
  });
}
