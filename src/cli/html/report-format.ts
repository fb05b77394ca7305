import { createHash } from 'node:crypto';
import type { EntityType } from '../../document/entity-type.ts';
import type { FailedRecognition, Recognition } from '../../pipeline/recognition.ts';
import { resultOf } from '../../pipeline/result.ts';
import { readWebFile } from '../../server/pages.ts';
import type { Format } from '../format.ts';
import { escaped } from '../markup.ts';
import { staticDocument } from './static-document.ts';

/**
 * One page for all documents, complete in itself: it makes no request, and without its script it is still texts with their entities. Light or
 * dark as the reader's system is.
 */
export const htmlFormat: Format = async function* (results, { types, trace }) {
  const [style, script] = await Promise.all([readWebFile('report.css'), readWebFile('report.js')]);
  yield head({ style, script, types, trace });
  let count = 0;
  for await (const result of results) {
    const border = count % lotSize > 0 ? '' : `${count === 0 ? '' : '</div>\n'}<div class="lot">\n`;
    yield border + article(result, types, trace);
    count++;
  }
  yield `${count === 0 ? '' : '</div>\n'}</main>\n<script type="module">${script}</script>\n</body>\n</html>\n`;
};

/** Documents that a browser leaves alone together while they are far from the window: what it has to look at for each frame are the lots. */
const lotSize = 50;

interface Head {
  readonly style: string;
  readonly script: string;
  readonly types: readonly EntityType[];
  readonly trace: boolean;
}

function head({ style, script, types, trace }: Head): string {
  const legend = types.map(({ name, definition }, at) => {
    const title = definition === undefined ? '' : ` title="${escaped(definition)}"`;
    return `<span class="chip hue-${at % hues}"${title}>${escaped(name)}</span>`;
  });
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Named entities</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header class="controls">
<h1>Named entities</h1>
<div id="controls">
<p>${legend.join('\n')}</p>
</div>
</header>
${json('report', { types, trace })}
<main>
`;
}

/** Hues that the style sheet has. */
const hues = 16;

/** @see https://www.w3.org/TR/CSP3/#grammardef-hash-source */
function hashOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}

/** The data come in two parts, so that a browser reads the trace only of what is looked at. */
function article(recognition: Recognition | FailedRecognition, types: readonly EntityType[], trace: boolean): string {
  const result = resultOf(recognition, { trace });
  const { trace: story, ...others } = 'entities' in result ? result : { ...result, trace: undefined };
  const rejected = story?.windows.flatMap(({ document }) => document.mentions).filter(isRejected).length ?? 0;
  const classOf = (type: string): string => {
    const at = types.findIndex(({ name }) => name === type);
    return at === -1 ? 'hue-none' : `hue-${at % hues}`;
  };
  const parts = [staticDocument(result, classOf), json('result', others), ...(story === undefined ? [] : [json('trace', story)])];
  return `<article data-rejected="${rejected}">\n${parts.join('\n')}\n</article>\n`;
}

function isRejected(mention: Recognition['trace'][number]['document']['mentions'][number]): boolean {
  return mention.status === 'rejected' && mention.stage !== 'merge';
}

/** Data for the script; nothing in them can end the element that they are in. */
function json(name: string, data: unknown): string {
  return `<script type="application/json" class="${name}">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`;
}
