import { useId, type ReactNode } from 'react';
import { Loading } from '../../components/loading.js';

interface Lines {
  readonly columns: readonly string[];
  /** undefined while nobody knows them yet. */
  readonly rows: readonly (readonly ReactNode[])[] | undefined;
  readonly emptyText: string;
}

/** A few lines to read, with their title; what can be done with one is a button in it. */
export function SimpleTable({ title, ...lines }: Lines & { readonly title: string }) {
  const id = useId();
  return (
    <section className="stack" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <TableFrame labelledBy={id} {...lines} />
    </section>
  );
}

/** @param labelledBy the id of what names it */
export function TableFrame({ labelledBy, columns, rows, emptyText }: Lines & { readonly labelledBy: string }) {
  return (
    // It scrolls sideways on small screens, also by keyboard.
    <div className="table-frame" role="region" aria-labelledby={labelledBy} tabIndex={0}>
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
          {rows?.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows === undefined && <Loading />}
      {rows?.length === 0 && <p className="table-empty">{emptyText}</p>}
    </div>
  );
}
