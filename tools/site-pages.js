// A plug-in of TypeDoc: pages of Markdown are called by their headings, and stand under the parts of docs/index.md that link to them.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import katex from 'katex';

/** The part that links to each page, by the name of its file. */
const parts = new Map(
  readFileSync(join(import.meta.dirname, '..', 'docs', 'index.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
    .flatMap((part) => [...part.matchAll(/\]\(([^)#]+)\.md/g)].map(([, path]) => [basename(path), part.split('\n')[0]])),
);

export function load(app) {
  app.converter.on('createDocument', (_context, page) => {
    const [, heading = page.name] = /^# (.+)$/m.exec(page.content[0]?.text ?? '') ?? [];
    page.frontmatter.group = parts.get(basename(page.name)) ?? 'Others';
    page.name = heading;
    for (const [at, part] of page.content.entries()) if (part.kind === 'code') setFormula(part, page.content[at - 1], page.content[at + 1]);
  });
}

/** Makes a formula what browsers set as one. GitHub knows it by the language `math`, and among words by the dollars around its code. */
function setFormula(part, before, behind) {
  const [, block] = /^```math\n(.*)```$/s.exec(part.text.trim()) ?? [];
  const isAmongWords = before?.text.endsWith('$') && behind?.text.startsWith('$');
  if (block === undefined && !isAmongWords) return;
  if (isAmongWords) [before.text, behind.text] = [before.text.slice(0, -1), behind.text.slice(1)];
  part.kind = 'text';
  const formula = katex.renderToString(block ?? part.text.slice(1, -1), { output: 'mathml', displayMode: block !== undefined });
  part.text = block === undefined ? formula : `<div class="formula">${formula}</div>`;
}
