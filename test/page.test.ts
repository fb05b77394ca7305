import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Download, Page } from 'playwright-core';
import { assertAccessible, assertNoOverflow, launchBrowser, noBrowser, picture, repository } from './browser.fixture.ts';
import { type RunningServer, startServer, stopServer } from './server.fixture.ts';

const news = join(repository, 'examples', 'corpus', 'news', 'pool.jsonl');
const text = 'Mira Holm met Ole Brandt in Lund on Friday. It rained all day. She works for the Bank of Norway.';
const patience = 20_000;

/** What was given to the user as a file. */
async function contentOf(download: Download): Promise<string> {
  return readFile(await download.path(), 'utf8');
}

describe('the page in a browser', { skip: noBrowser, timeout: 240_000 }, () => {
  let browser: Browser;
  let scratch: string;
  let serving: RunningServer;
  /** What pages said that they should not have said. */
  const faults: string[] = [];
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'el4ner-page-'));
    const pools = ['--pool', `news=${news}`, '--pool', `corrections=${join(scratch, 'corrections.jsonl')}`];
    [browser, serving] = await Promise.all([launchBrowser(), startServer(['--models', 'nano:social,nano:general', ...pools])]);
  });
  after(async () => {
    await browser?.close();
    if (serving !== undefined) await stopServer(serving);
    await rm(scratch, { recursive: true });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    assert.deepEqual(faults.splice(0), []);
  });

  async function open(options: BrowserContextOptions = {}, { address } = serving): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1366, height: 860 }, ...options });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) faults.push(message.text());
    });
    page.on('dialog', async (dialog) => {
      if (dialog.type() !== 'beforeunload') faults.push(`a dialog: ${dialog.message()}`);
      await dialog.accept();
    });
    await page.route(
      (url) => url.origin !== new URL(address).origin,
      async (route) => {
        faults.push(`a request to ${route.request().url()}`);
        await route.abort();
      },
    );
    await page.goto(address);
    return page;
  }

  async function run(page: Page): Promise<void> {
    await page.getByRole('button', { name: /^Run( anew)?$/ }).click();
    await page.getByText(/\d+ entit(y|ies) found\./).waitFor();
  }

  async function write(page: Page, words = text): Promise<void> {
    await page.getByLabel('Text', { exact: true }).fill(words);
  }

  /** The lines of the pool that pages save to. */
  const corrections = async (): Promise<readonly string[]> =>
    (await readFile(join(scratch, 'corrections.jsonl'), 'utf8')).trim().split('\n');

  const tags = (page: Page) => page.locator('.text button.tag');
  const story = (page: Page) => page.getByRole('complementary', { name: 'Why?' });

  test('extract, inspect, correct, save, run again: the correction is used, and can be corrected', async () => {
    const page = await open();
    await assertAccessible(page);
    await write(page);
    await page.getByLabel('Pool of labelled sentences').selectOption('corrections');
    await run(page);
    for (const stage of ['retrieve', 'extract', 'classify', 'verify']) await page.locator('.stages li.done', { hasText: stage }).waitFor();

    await page.getByRole('button', { name: /^\w+: Lund/ }).click();
    await story(page).getByText('Proposed by').waitFor();
    for (const told of [
      'nano:social',
      'Votes, by probability and weight: ',
      'mean probability of yes',
      'Score 0',
      'Votes on the type',
      'The models knew the types alone',
    ])
      assert.match((await story(page).textContent()) ?? '', new RegExp(told));
    await story(page).locator('.calls summary').first().click();
    assert.match((await story(page).locator('.raw').first().textContent()) ?? '', /Mira Holm met Ole Brandt/);
    await assertAccessible(page);
    await picture(page, 'story');

    await story(page).getByPlaceholder('another type').fill('town');
    await story(page).getByRole('button', { name: 'Set' }).click();
    await page.getByText('Lund is town, not').waitFor();
    await page.getByRole('button', { name: 'Save to corrections' }).click();
    await page.getByText('Saved to corrections: the next run uses it.').waitFor();
    const saved = await corrections();
    assert.equal(saved.length, 1);
    const { text: sentence, entities } = JSON.parse(saved[0] ?? '');
    assert.equal(sentence, 'Mira Holm met Ole Brandt in Lund on Friday.');
    assert.deepEqual(
      entities.find(({ type }: { type: string }) => type === 'town'),
      { start: 28, end: 32, type: 'town' },
    );

    await run(page);
    await page.getByRole('button', { name: /^town: Lund, score [\d.]+$/ }).click();
    await story(page).locator('.demonstrations', { hasText: 'corrections:1' }).waitFor();
    await assertAccessible(page);
    await picture(page, 'corrected');

    await story(page).getByPlaceholder('another type').fill('None');
    assert.ok(await story(page).getByRole('button', { name: 'Set' }).isDisabled());
    await story(page).getByPlaceholder('another type').fill('Location');
    await page.keyboard.press('Enter');
    await page.getByText('Lund is location, not town').waitFor();
    await page.getByRole('button', { name: 'Save to corrections' }).click();
    await page.getByText('Saved to corrections: the next run uses it.').waitFor();
    const better = JSON.parse((await corrections()).at(-1) ?? '');
    assert.deepEqual([better.text, better.entities.at(-1)], [sentence, { start: 28, end: 32, type: 'location' }]);
    const again = await startServer(['--models', 'nano:social', '--pool', join(scratch, 'corrections.jsonl')]);
    try {
      const { pools } = (await (await fetch(`${again.address}/v1/pools`)).json()) as {
        readonly pools: readonly { readonly sentences: number }[];
      };
      assert.equal(pools[0]?.sentences, 1);
    } finally {
      await stopServer(again);
    }
  });

  test('what is saved late is what was sent, whatever is shown and corrected by then', async () => {
    const page = await open();
    const labelled = ['Eve saw Oslo.', 'Kim saw Rome.'].map((text) => ({ text, entities: [{ start: 8, end: 12, type: 'location' }] }));
    const rows = labelled.map((row) => JSON.stringify(row)).join('\n');
    await page
      .locator('.exchange input[type=file]')
      .setInputFiles({ name: 'two.jsonl', mimeType: 'text/plain', buffer: Buffer.from(rows) });
    await page.getByText('2 texts imported.').waitFor();
    await page.getByLabel('Pool of labelled sentences').selectOption('corrections');
    const release = Promise.withResolvers<void>();
    await page.route('**/sentences', async (route) => {
      await release.promise;
      await route.continue();
    });
    const add = async (words: string): Promise<void> => {
      await page.getByLabel('Words of a mention that is missing').fill(words);
      await page.locator('.add-mention').getByRole('button', { name: 'person' }).click();
      await page.getByText(`${words} is a mention: person`).waitFor();
    };
    await add('Eve');
    await page.getByRole('button', { name: 'Save to corrections' }).click();
    await page.getByRole('button', { name: 'Next document' }).click();
    await add('Kim');
    release.resolve();
    await page.getByText('Saved to corrections: the next run uses it.').waitFor();
    await page.getByText('Kim is a mention: person').waitFor();
    assert.match((await corrections()).at(-1) ?? '', /Eve saw Oslo\./);
    await page.getByRole('button', { name: 'Previous document' }).click();
    await page.getByRole('button', { name: 'person: Eve, corrected' }).waitFor();
    await page.getByText('Eve is a mention: person, saved').waitFor();
    await page.getByText('1 sentence is saved.').waitFor();
  });

  test('what was corrected and saved holds over runs and loading anew, and models take no place of it', async () => {
    const page = await open();
    const sentence = text.slice(0, text.indexOf('. ') + 1);
    const labels = async (): Promise<readonly string[]> => {
      const lines = (await corrections()).map((line) => JSON.parse(line));
      const { entities } = lines.find((line) => line.text === sentence) ?? assert.fail('The sentence is not in the pool.');
      return entities.map(({ start, end, type }: { start: number; end: number; type: string }) => `${sentence.slice(start, end)} ${type}`);
    };
    const asSaved = async (): Promise<void> => {
      await page.getByRole('button', { name: /^town: Lund/ }).waitFor();
      assert.equal(
        await page
          .locator('.text')
          .getByRole('button', { name: /Ole Brandt/ })
          .count(),
        0,
      );
    };
    const start = async (): Promise<void> => {
      await page.getByLabel('Pool of labelled sentences').selectOption('corrections');
      await page.getByLabel(/Demonstrations for each text/).fill('0');
      await write(page);
      await run(page);
    };
    await start();
    await page.getByRole('button', { name: /^\w+: Lund/ }).click();
    await story(page).getByPlaceholder('another type').fill('town');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^\w+: Ole Brandt/ }).click();
    await story(page).getByRole('button', { name: 'Not a mention' }).click();
    await page.getByRole('button', { name: 'Save to corrections' }).click();
    await page.getByText('Ole Brandt is no person, saved').waitFor();
    const saved = await labels();
    assert.ok(saved.includes('Lund town') && !saved.some((label) => label.startsWith('Ole Brandt')), String(saved));

    await page.locator('.run-bar .primary').click();
    await page.getByText(/entit(y|ies) found\./).waitFor();
    await asSaved();
    await page.getByRole('checkbox', { name: 'Rejected' }).check();
    await page
      .locator('.text .rejected')
      .getByRole('button', { name: /Ole Brandt/ })
      .click();
    await story(page).getByText('A person says that it is no person.').waitFor();
    await story(page).getByText('Votes, by probability and weight: person').waitFor();
    await assertAccessible(page);
    await picture(page, 'saved');
    await page.getByRole('button', { name: 'Save the other 2 sentences to corrections' }).click();
    await page.getByText('3 sentences are saved. There is nothing else to save.').waitFor();
    assert.deepEqual(await labels(), saved);

    await page.reload();
    await start();
    await asSaved();
    await page.getByText('3 sentences are saved. There is nothing else to save.').waitFor();
    await page.getByRole('button', { name: 'Undo the correction of Ole Brandt' }).click();
    await page.getByRole('button', { name: 'Save to corrections' }).click();
    await page.getByText('3 sentences are saved.').waitFor();
    assert.ok((await labels()).includes('Ole Brandt person'));
  });

  test('corrections stay in the page where no pool is chosen, go along with the next run, and can be exported', async () => {
    const page = await open();
    await write(page);
    await run(page);
    await page.getByLabel('Words of a mention that is missing').fill('all day');
    await page.locator('.add-mention').getByPlaceholder('another type').fill('time');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Save to the pool of this page' }).click();
    const [request] = await Promise.all([page.waitForRequest(/extract\/stream/), run(page)]);
    const { pool, types } = request.postDataJSON();
    assert.deepEqual(pool, [{ text: 'It rained all day.', entities: [{ start: 10, end: 17, type: 'time' }] }]);
    assert.deepEqual(types.at(-1), 'time');
    await page.locator('.own-pool summary').click();
    await assertAccessible(page);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export the pool' }).click()]);
    assert.equal(download.suggestedFilename(), 'pool.jsonl');
    assert.equal(JSON.parse(await contentOf(download)).text, 'It rained all day.');
  });

  test('words that are marked with the mouse become a mention, also behind others', async () => {
    const page = await open();
    await write(page);
    await run(page);
    await page.evaluate(`{
      const walker = document.createTreeWalker(document.querySelector('.text'), NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = node.nodeValue.indexOf(' rained ');
        if (at !== -1) getSelection().setBaseAndExtent(node, at, node, at + 8);
      }
    }`);
    const start = text.indexOf('rained');
    await page.getByText(`offsets ${start}–${start + 6}`).waitFor();
    await page.locator('.add-mention').getByRole('button', { name: 'person' }).click();
    await page.getByRole('button', { name: 'person: rained, corrected' }).waitFor();
    await page.getByRole('button', { name: 'Edit the text' }).click();
    await write(page, `${text}.`);
    await page.getByText('The next run forgets it, and what was corrected and not saved.').waitFor();
    await assertAccessible(page);
    await page.getByRole('button', { name: 'Back to what was found' }).click();
    await page.getByRole('button', { name: 'Undo the correction of rained' }).click();
    assert.equal(await page.getByRole('button', { name: /rained/ }).count(), 0);
  });

  test('what was rejected and filtered is shown on demand, and colour is not the only sign', async () => {
    const page = await open();
    await write(page, 'Mira Holm flew to Oslo on Friday. Her talk on “Small Rivers” was moved to the Old Town Hall. Jordan came as well.');
    await page.getByLabel('Pool of labelled sentences').selectOption('news');
    await run(page);
    const all = await tags(page).count();
    await page
      .locator('.filters')
      .getByRole('button', { name: /^person/ })
      .click();
    assert.ok((await tags(page).count()) < all);
    await page
      .locator('.filters')
      .getByRole('button', { name: /^person/ })
      .click();
    await page.getByLabel('Score from').fill('1');
    assert.ok((await tags(page).count()) < all);
    await page.getByLabel('Score from').fill('0');
    await page.getByRole('checkbox', { name: 'Rejected' }).check();
    const rejected = page.locator('.text .rejected button.tag').first();
    assert.match((await rejected.textContent()) ?? '', /^✕/);
    await rejected.click();
    await story(page).getByText('Rejected.').waitFor();
    await assertAccessible(page);
    await picture(page, 'rejected');
  });

  test('by the keyboard alone', async () => {
    const page = await open();
    const { keyboard } = page;
    const focused = (): Promise<string> => page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.id');
    for (let presses = 0; (await focused()) !== 'text'; presses++) {
      assert.ok(presses < 60, 'the text is not reached');
      await keyboard.press('Tab');
    }
    await keyboard.type('Ada Lovelace lived in London.');
    await keyboard.press('Control+Enter');
    await page.getByText(/entit(y|ies) found\./).waitFor();
    await keyboard.press('n');
    assert.match(await focused(), /^\w+: Ada Lovelace/);
    await keyboard.press('3');
    await page.getByRole('button', { name: /Ada Lovelace, corrected/ }).waitFor();
    await story(page).getByText('A person says so').waitFor();
    assert.match(await focused(), /Ada Lovelace, corrected/);
    await keyboard.press('F');
    await page.getByRole('button', { name: /: Ada, corrected/ }).waitFor();
    await keyboard.press('f');
    assert.match(await focused(), /Ada Lovelace, corrected/);
    await keyboard.press('w');
    assert.equal(await focused(), 'Why?');
    assert.equal(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'solid');
    await keyboard.press('w');
    assert.match(await focused(), /Ada Lovelace, corrected/);
    await page.getByRole('button', { name: 'Undo the correction of Ada Lovelace' }).press('Enter');
    assert.ok(
      await page.evaluate(
        `document.activeElement.matches('.reading') && getComputedStyle(document.activeElement).outlineStyle === 'solid'`,
      ),
    );
    await keyboard.press('Escape');
    await story(page).getByText('Choose a mention').waitFor();
    await keyboard.press('n');
    await keyboard.press('Delete');
    await page
      .getByRole('list', { name: 'Corrections' })
      .getByText(/Ada Lovelace is no \w+/)
      .waitFor();
    await keyboard.press('n');
    assert.match(await focused(), /^\w+: London/);
    await keyboard.press('s');
    await page.getByText('Saved to the pool of this page').waitFor();
    await keyboard.press('e');
    await page.getByLabel('Text', { exact: true }).waitFor();
    assert.equal(await focused(), 'text');
    await page.getByRole('button', { name: 'Add a type' }).press('Enter');
    assert.match(await focused(), /^Name of type \d/);
    await page.getByRole('button', { name: 'Keys' }).press('Enter');
    await page.getByRole('dialog').waitFor();
    await assertAccessible(page);
    await keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').count(), 0);
  });

  test('a field that is wrong is told, and where', async () => {
    const page = await open();
    await write(page);
    await page.getByLabel(/Demonstrations for each text/).fill('500');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('alert').getByText('Bad Request (400)').waitFor();
    assert.match((await page.getByRole('alert').textContent()) ?? '', /\/options\/k/);
    assert.equal(await page.getByLabel(/Demonstrations for each text/).getAttribute('aria-invalid'), 'true');
    await assertAccessible(page);
    await picture(page, 'invalid');
  });

  test('data sets come in and go out, runs of many can be given up', async () => {
    const page = await open();
    const rows = Array.from({ length: 60 }, (_, at) => `${JSON.stringify({ id: `n${at}`, text: `${text} It was number ${at}.` })}\n`);
    await page.locator('.exchange input[type=file]').setInputFiles([
      { name: 'a.conll', mimeType: 'text/plain', buffer: Buffer.from('Ada B-person\nslept O\n. O\n') },
      { name: 'b.txt', mimeType: 'text/plain', buffer: Buffer.from('Bob left Rome.') },
      { name: 'b.ann', mimeType: 'text/plain', buffer: Buffer.from('T1\tplace 9 13\tRome\n') },
      { name: 'c.jsonl', mimeType: 'text/plain', buffer: Buffer.from(rows.join('')) },
    ]);
    await page.getByText('62 texts imported.').waitFor();
    await page.getByLabel('Format of the export').selectOption('spacy');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export', exact: true }).click(),
    ]);
    assert.match(await contentOf(download), /"label": ?"place"/);
    await page.getByLabel('Format of the export').selectOption('brat');
    const [archive] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export', exact: true }).click()]);
    assert.equal(archive.suggestedFilename(), 'entities.zip');
    await page.getByRole('button', { name: 'Run all 62' }).click();
    await page.locator('.progress', { hasText: /[1-9]\d* of 62/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Cancelled.').waitFor();
    const labelled = { text: 'Eve saw Oslo.', entities: [{ start: 8, end: 12, type: 'place' }] };
    await page.locator('.own-pool summary').click();
    await page
      .locator('.own-pool input[type=file]')
      .setInputFiles({ name: 'pool.jsonl', mimeType: 'text/plain', buffer: Buffer.from(JSON.stringify(labelled)) });
    await page.getByText('1 labelled sentence put into the pool of this page.').waitFor();
    const [request] = await Promise.all([page.waitForRequest(/extract\/stream/), run(page)]);
    assert.deepEqual(request.postDataJSON().pool, [labelled]);
    await assertAccessible(page);
    await picture(page, 'many');
  });

  test('files that are dropped are texts, words are not; what nobody read is not saved', async () => {
    const page = await open();
    /** @returns whether the page took it. */
    const drop = (item: string): Promise<boolean> =>
      page.evaluate(`{
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(${item});
        !document.querySelector('main').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      }`);
    assert.ok(await drop(`new File(['Ada met Bob.'], 'letter.txt', { type: 'text/plain' })`));
    await page.getByText('1 text imported.').waitFor();
    assert.ok(!(await drop(`'Eve.', 'text/plain'`)));
    await page
      .locator('.exchange input[type=file]')
      .setInputFiles({ name: 'old.txt', mimeType: 'text/plain', buffer: Buffer.from('Zo\u00e9 left.', 'latin1') });
    await page.getByRole('alert').getByText('old.txt is not UTF-8. Convert the file to UTF-8 and try again.').waitFor();
    assert.equal(await page.getByRole('region', { name: 'The text letter.txt' }).textContent(), 'Ada met Bob.');
    const posted: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posted.push(request.url()));
    await page.locator('.reading').focus();
    await page.keyboard.press('s');
    assert.equal(await page.locator('.own-pool .count').textContent(), '0');
    assert.equal((await page.locator('.note').textContent())?.trim(), '1 text imported.');
    assert.deepEqual(posted, []);
  });

  test('text of the right is set from the right, and what is hostile is only text', async () => {
    const page = await open();
    const arabic = 'زار محمد صلاح مدينة القاهرة يوم الجمعة مع Ada Lovelace من London.';
    await write(page, arabic);
    await run(page);
    assert.equal(await page.evaluate('getComputedStyle(document.querySelector(".text")).direction'), 'rtl');
    await page.getByLabel('Words of a mention that is missing').fill('القاهرة');
    await page.locator('.add-mention').getByRole('button', { name: 'location' }).click();
    await page.getByRole('button', { name: 'location: القاهرة, corrected' }).waitFor();
    await picture(page, 'right-to-left');
    await page.getByRole('button', { name: 'Edit the text' }).click();
    const hostile = '<img src=x onerror="alert(1)"> <script>alert(2)</script> \u202e Ada \u202c {{1+1}} Bob.';
    await write(page, hostile);
    await run(page);
    const shown = await page.locator('.text').evaluate((element) => {
      for (const tag of element.querySelectorAll('button')) tag.remove();
      return element.textContent;
    });
    assert.equal(shown, hostile);
    assert.equal(await page.locator('.text img, .text script').count(), 0);
  });

  for (const [name, options] of [
    ['in the dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 }, hasTouch: true }],
  ] as const) {
    test(`${name}: every view can be read and used`, async () => {
      const page = await open(options);
      await page.getByRole('button', { name: 'Take an example' }).click();
      await assertNoOverflow(page);
      await assertAccessible(page);
      await run(page);
      await tags(page).first().click();
      await story(page).getByText('Proposed by').waitFor();
      await assertNoOverflow(page);
      await assertAccessible(page);
      await picture(page, `result ${name}`);
      await page.getByRole('link', { name: 'For programs' }).click();
      await page.getByRole('heading', { name: '/v1/extract/stream' }).waitFor();
      await assertNoOverflow(page);
      await assertAccessible(page);
      await picture(page, `documentation ${name}`);
    });
  }

  describe('of a server that wants a token, has a model that is offline, and takes one request at a time', () => {
    let narrow: RunningServer;
    before(async () => {
      const words = ['--models', 'nano:social,http://127.0.0.1:9/v1#gone', '--max-requests', '1'];
      narrow = await startServer(words, { EL4NER_TOKEN: 'open-sesame' });
    });
    after(() => narrow && stopServer(narrow));

    async function enter(page: Page, token = 'open-sesame'): Promise<void> {
      await page.getByLabel('Token', { exact: true }).fill(token);
      await page.getByRole('button', { name: 'Continue' }).click();
    }

    test('the token is asked for, and kept in the tab', async () => {
      const page = await open({}, narrow);
      await page.getByRole('heading', { name: 'This server wants a token' }).waitFor();
      await assertAccessible(page);
      await enter(page, 'wrong');
      await page.getByText('The server did not accept this token.').waitFor();
      await assertAccessible(page);
      await picture(page, 'token');
      await enter(page);
      await page.getByText('2 members').waitFor();
      await page.reload();
      await page.getByText('2 members').waitFor();
      assert.deepEqual(await page.evaluate('[localStorage.length, document.cookie]'), [0, '']);

      await write(page);
      const refusal = { type: 'about:blank', title: 'Unauthorized', status: 401, detail: 'The token is of yesterday.' };
      await page.route('**/v1/**', (route) => route.fulfill({ status: 401, json: refusal }));
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('heading', { name: 'This server wants a token' }).waitFor();
      await assertAccessible(page);
      await page.unroute('**/v1/**');
      await enter(page);
      await page.getByText('2 members').waitFor();
      await page.getByRole('button', { name: 'Edit the text' }).click();
      assert.equal(await page.getByLabel('Text', { exact: true }).inputValue(), text);
    });

    test('a model that is offline is told, and the others answer', async () => {
      const page = await open({}, narrow);
      await enter(page);
      await write(page);
      await run(page);
      assert.ok((await tags(page).count()) > 0);
      await page.getByText('Not every model took part in everything').click();
      await page.locator('.warning li', { hasText: /gone, extract, classify, verify: / }).waitFor();
      await assertAccessible(page);
      await picture(page, 'offline');
    });

    test('too many requests are told, and a server that is gone', async () => {
      const [busy, page] = [await open({}, narrow), await open({}, narrow)];
      for (const one of [busy, page]) {
        await enter(one);
        await one.getByText('2 members').waitFor();
        await write(one, `${text} `.repeat(600));
      }
      await busy.getByRole('button', { name: 'Run', exact: true }).click();
      await busy.locator('.stages li', { hasText: /retrieve 1\/\d{2,}/ }).waitFor();
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('alert').getByText('Too Many Requests (429)').waitFor();
      await page.getByText('Try again in 1 s.').waitFor();
      await assertAccessible(page);
      await picture(page, 'too many requests');
      await stopServer(narrow);
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('alert').getByText('The server does not answer.').waitFor();
      await busy.getByRole('alert').getByText('The server does not answer.').waitFor();
      await assertAccessible(page);
    });
  });
});
