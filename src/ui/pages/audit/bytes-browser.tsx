// The bytes of an open file or member, a page at a time, read when looked at: sixteen a row, offsets before, text behind.
import { useEffect, useState, type ReactElement } from 'react';
import { useApp } from '../../app-context.ts';
import { formatBytes } from '../../format.ts';
import { HexTable } from './hex-table.tsx';
import styles from './bytes-browser.module.css';

const ROW = 16;
const PAGE = 24 * ROW;
/** Rows kept before the byte that was asked for. */
const LEAD = 4 * ROW;

interface Shown {
  readonly begin: number;
  readonly bytes: Uint8Array | undefined;
  readonly failure: string | undefined;
}

export interface BytesBrowserProps {
  readonly path: string;
  readonly size: number;
  readonly at: number | undefined;
  /** Offsets of findings. */
  readonly marks: readonly number[];
}

export function BytesBrowser({ path, size, at, marks }: BytesBrowserProps): ReactElement {
  const { client } = useApp();
  const [begin, setBegin] = useState(pageOf(at, size));
  const [asked, setAsked] = useState('');
  const [shown, setShown] = useState<Shown>({ begin: 0, bytes: undefined, failure: undefined });
  useEffect(() => setBegin(pageOf(at, size)), [at, size]);
  useEffect(() => {
    let current = true;
    void client.bytes(path, begin, begin + PAGE).then((result) => {
      if (!current) return;
      setShown(result.kind === 'ok' ? { begin, bytes: result.value, failure: undefined } : { begin, bytes: undefined, failure: result.kind === 'error' ? result.message : 'reading was cancelled' });
    });
    return () => {
      current = false;
    };
  }, [client, path, begin]);
  const last = pageStart(size - 1, size);
  const go = (offset: number): void => setBegin(pageStart(offset, size));
  const goAsked = (): void => {
    const offset = Number(asked.trim());
    if (asked.trim() !== '' && Number.isSafeInteger(offset)) go(Math.max(0, Math.min(size - 1, offset)));
  };
  return (
    <section className={styles.browser} aria-label="Bytes">
      <div className={styles.bar}>
        <h3>Bytes {size === 0 ? '' : `0x${begin.toString(16)} to 0x${Math.min(size, begin + PAGE).toString(16)} of ${formatBytes(size)}`}</h3>
        <span className={styles.buttons}>
          <button className="plain" disabled={begin === 0} onClick={() => go(0)}>start</button>
          <button className="plain" disabled={begin === 0} onClick={() => go(begin - PAGE)}>previous</button>
          <button className="plain" disabled={begin >= last} onClick={() => go(begin + PAGE)}>next</button>
          <button className="plain" disabled={begin >= last} onClick={() => go(last)}>end</button>
          <form onSubmit={(event) => { event.preventDefault(); goAsked(); }}>
            <input aria-label="Go to offset" placeholder="offset, 0x…" value={asked} onChange={(event) => setAsked(event.target.value)} />
          </form>
        </span>
      </div>
      {shown.failure !== undefined && <p className={styles.failure}>The bytes cannot be shown: {shown.failure}. Open the file here to see them.</p>}
      {shown.bytes !== undefined && shown.bytes.length > 0 && <div className={styles.scroll}><HexTable bytes={shown.bytes} begin={shown.begin} marked={new Set(at === undefined ? marks : [at, ...marks])} /></div>}
      {size === 0 && <p className={styles.failure}>The file is empty.</p>}
    </section>
  );
}

/** The page on which an offset is shown with some rows before it. */
function pageOf(at: number | undefined, size: number): number {
  return pageStart(at === undefined ? 0 : at - LEAD, size);
}

function pageStart(offset: number, size: number): number {
  const most = Math.max(0, Math.ceil(size / ROW) * ROW - PAGE);
  return Math.max(0, Math.min(most, Math.floor(offset / ROW) * ROW));
}
