import type { Span } from '../document/span.ts';
import { nearestCountedRows } from './nearest-counted-rows.ts';
import type { PreparedPool, PreparedSentence } from './prepared-pool.ts';
import { approximateSpanSearch, exactSpanSearch, smallestForApproximation } from './span-search.ts';
import { vectorTableBuilder } from './vector-table.ts';

/**
 * The pool with gold mentions of these types alone as its spans, as if it had been prepared for them; it has all of its sentences still. Only a
 * pool whose spans are gold mentions of other types, too, becomes another one: its sentences are read for that once, 1.5 s for 100,000.
 * @returns a view of the pool, which must stay open as long as the view is used; to dispose of the view releases nothing.
 */
export function poolOfTypes(pool: PreparedPool, types: ReadonlySet<string>): PreparedPool {
  if (pool.goldTypes === undefined || pool.goldTypes.every((type) => types.has(type))) return pool;
  const { dimensions, rows } = pool.spanVectors;
  const [builder, rowOf, firstSpans] = [vectorTableBuilder(dimensions), new Int32Array(rows).fill(-1), new Uint32Array(pool.size + 1)];
  let counted = 0;
  for (let place = 0; place < pool.size; place++) {
    const prepared = pool.at(place);
    const counts = countsFor(prepared, types);
    for (const [index, span] of prepared.spans.entries()) {
      if (!counts(span)) continue;
      const row = (pool.firstSpans[place] ?? 0) + index;
      builder.copy(pool.spanVectors, row);
      rowOf[row] = counted++;
    }
    firstSpans[place + 1] = counted;
  }
  if (counted === rows) return pool;
  const vectors = builder.finish();
  const table = { vectors, firstSpans };
  const graph =
    pool.graph === undefined || counted < smallestForApproximation
      ? undefined
      : nearestCountedRows(pool.graph, { rowOf, tableChecksum: vectors.checksum });
  const { graph: _, ...others } = pool;
  return {
    ...others,
    goldTypes: pool.goldTypes.filter((type) => types.has(type)),
    at(place) {
      const prepared = pool.at(place);
      return { ...prepared, spans: prepared.spans.filter(countsFor(prepared, types)) };
    },
    spanVectors: vectors,
    firstSpans,
    search: graph === undefined ? exactSpanSearch(table) : approximateSpanSearch(table, graph),
    ...(graph === undefined ? {} : { graph }),
    [Symbol.dispose]() {
      // The pool is its owner's.
    },
  };
}

function countsFor({ sentence: { entities } }: PreparedSentence, types: ReadonlySet<string>): (span: Span) => boolean {
  return ({ start, end }) => entities.some((entity) => types.has(entity.type) && entity.start === start && entity.end === end);
}
