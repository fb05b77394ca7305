import { createHash } from 'node:crypto';
import type { Manifest } from '../../../experiment/manifest.ts';
import { html, type Markup } from '../../markup.ts';
import { hueRules } from './hues.ts';
import { sheet } from './sheet.ts';
import { sortingScript } from './sorting-script.ts';

/** A page that loads nothing and runs no script but its own; it says first which sets it is about. */
export function page({ types, dataPath, poolPath }: Manifest, contents: readonly Markup[]): string {
  const hash = createHash('sha256').update(sortingScript.markup).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>Evaluation on ${dataPath}</title>
<style>${sheet}${hueRules(types)}</style>
</head>
<body>
<main>
<h1>Evaluation</h1>
<p>Data set <code>${dataPath}</code>, ${poolPath === undefined ? 'no pool of demonstrations' : html`pool of demonstrations <code>${poolPath}</code>`}.</p>
${contents}</main>
<script>${sortingScript}</script>
</body>
</html>
`.markup;
}
