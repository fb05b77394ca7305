import { createHash } from 'node:crypto';
import { html, type Markup } from '../../markup.ts';
import { hueRules } from './hues.ts';
import { sheet } from './sheet.ts';
import { sortingScript } from './sorting-script.ts';

/** A page that loads nothing and runs no script but its own. */
export function page(types: readonly string[], contents: readonly Markup[]): string {
  const hash = createHash('sha256').update(sortingScript.markup).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>Evaluation</title>
<style>${sheet}${hueRules(types)}</style>
</head>
<body>
<main>
<h1>Evaluation</h1>
${contents}</main>
<script>${sortingScript}</script>
</body>
</html>
`.markup;
}
