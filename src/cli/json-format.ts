import { resultOf } from '../pipeline/result.ts';
import type { Format } from './format.ts';

/** One object for one document, an array of them for several, indented for people. */
export const jsonFormat: Format = async function* (results, { several, trace }) {
  let separator = several ? '[\n' : '';
  for await (const result of results) {
    const object = JSON.stringify(resultOf(result, { trace }), null, 2);
    // Line feeds are between its parts only: those in strings are escaped.
    yield several ? `${separator}  ${object.replaceAll('\n', '\n  ')}` : `${object}\n`;
    separator = ',\n';
  }
  if (several) yield separator.startsWith('[') ? '[]\n' : '\n]\n';
};

/** One object a line. */
export const ndjsonFormat: Format = async function* (results, { trace }) {
  for await (const result of results) yield `${JSON.stringify(resultOf(result, { trace }))}\n`;
};
