import { useId, type ReactNode } from 'react';

interface Properties {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ReactNode[])[];
  readonly emptyText: string;
}

/** A few lines to read; nothing can be done with them. */
export function SimpleTable({ title, columns, rows, emptyText }: Properties) {
  const id = useId();
  return (
    <section className="stack" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {/* It scrolls sideways on small screens, also by keyboard. */}
      <div className="table-frame" role="region" aria-labelledby={id} tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              {columns.map(column => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {row.map((cell, column) => (
                  <td key={column}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p className="table-empty">{emptyText}</p>}
      </div>
    </section>
  );
}
