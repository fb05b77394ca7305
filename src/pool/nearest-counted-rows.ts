import type { NearestRows, NearVector } from './vector-graph.ts';

/** Which rows of a table count, and what they are in a table of these alone. */
export interface CountedRows {
  /** For each row of the whole table the one of the other table; -1 for one that does not count. */
  readonly rowOf: Int32Array;
  /** Of the table of the rows that count. */
  readonly tableChecksum: number;
}

/**
 * So many times as many as are wanted are looked up at most until enough count. A span of a text is mostly nearest to those of its own type, so
 * that more are seldom needed, and all vectors would take longer than to compare each row.
 */
const mostPerWanted = 32;

/** Finds by a graph of a whole table the nearest of the rows that count. The graph stays its owner's. */
export function nearestCountedRows(graph: NearestRows, { rowOf, tableChecksum }: CountedRows): NearestRows {
  const counted = ({ cosine, rows }: NearVector): NearVector => ({
    cosine,
    rows: rows.map((row) => rowOf[row] ?? -1).filter((row) => row >= 0),
  });
  const numberOf = new Uint32Array(rowOf.reduce((most, row) => Math.max(most, row + 1), 0));
  for (const [whole, row] of rowOf.entries()) if (row >= 0) numberOf[row] = graph.repeated.numberOf[whole] ?? 0;
  const nearestTo = (query: Float32Array, count: number): readonly NearVector[] => {
    for (let asked = count; ; asked *= 2) {
      // Those that do not count stay, as the last one tells how near a missing one can be.
      const [all = []] = graph.nearest([query], asked);
      const near = all.map(counted);
      const found = near.filter(({ rows }) => rows.length > 0).length;
      if (found >= count || near.length < asked || asked >= mostPerWanted * count) return near;
    }
  };
  return {
    tableChecksum,
    repeated: { numberOf, count: graph.repeated.count },
    nearest: (queries, count) => queries.map((query) => nearestTo(query, count)),
    [Symbol.dispose]() {
      // The graph has an owner.
    },
  };
}
