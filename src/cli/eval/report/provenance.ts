import type { Manifest } from '../../../experiment/manifest.ts';
import { html, type Markup } from '../../markup.ts';

/** What it takes to repeat the experiment. */
export function provenance({ command, ...facts }: Manifest): Markup {
  const entries = Object.entries(facts).map(
    ([key, value]) =>
      html`<tr><th scope="row">${key}</th><td><code>${typeof value === 'string' ? value : JSON.stringify(value, null, 1)}</code></td></tr>\n`,
  );
  return html`<section>
<h2>How to repeat it</h2>
<pre tabindex="0"><code>${command}</code></pre>
<p>Equal data, pool, index, embedder, models, options and seed give equal results; the manifest tells whether they are equal.</p>
<div class="scrolling" tabindex="0" role="region" aria-label="Manifest">
<table class="manifest">
<caption>Manifest. Hashes are SHA-256; the data and the pool are hashed as they were read.</caption>
<tbody>
${entries}</tbody>
</table>
</div>
</section>
`;
}
