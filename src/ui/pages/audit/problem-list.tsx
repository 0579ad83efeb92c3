// Malformed parts of the files, one table a kind of error, its advice said once.
import type { ReactElement } from 'react';
import type { ArtifactErrorFields } from '../../../engine/core/artifact-error.ts';
import { adviceFor } from '../../../state/advice.ts';
import { FirstRows } from '../../parts/first-rows.tsx';
import styles from './problem-list.module.css';

const FIRST = 60;

export function ProblemList({ problems }: { readonly problems: readonly ArtifactErrorFields[] }): ReactElement {
  const codes = [...new Set(problems.map(({ code }) => code))];
  return (
    <>
      {codes.map((code) => {
        const group = problems.filter((problem) => problem.code === code);
        const [first] = group;
        return (
          <div key={code} className={styles.group}>
            <p><b className="mono">{code}</b> {group.length > 1 && `in ${group.length} places`} · {first !== undefined && adviceFor(first)}</p>
            <div className={styles.scroll}>
              <FirstRows items={group} first={FIRST}>{(shown) => <table>
                <thead><tr><th>format</th><th>file</th><th>field</th><th>offset</th><th>expected</th><th>found</th></tr></thead>
                <tbody>
                  {shown.map((problem, index) => (
                    <tr key={index}>
                      <td>{problem.format}</td>
                      <td>{problem.file}</td>
                      <td>{problem.field}</td>
                      <td>{problem.offset}</td>
                      <td>{problem.expected}</td>
                      <td>{problem.actual}</td>
                    </tr>
                  ))}
                </tbody>
              </table>}</FirstRows>
            </div>
          </div>
        );
      })}
    </>
  );
}
