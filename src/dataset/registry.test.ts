import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, test } from 'node:test';
import { findDataset, namedDatasets } from './registry.ts';

describe('the list of data sets', () => {
  test('has every name once', () => {
    const names = namedDatasets.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
    for (const name of names) assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  test('is in the documentation, with the licences', async () => {
    const documentation = await readFile(new URL('../../docs/datasets.md', import.meta.url), 'utf8');
    for (const { name, licence } of namedDatasets) {
      assert(
        documentation.split('\n').some((line) => line.startsWith(`| \`${name}\` |`) && line.includes(`| ${licence.name} |`)),
        name,
      );
    }
  });

  for (const { name, files, licence, types, sentences, homepage } of namedDatasets) {
    test(`${name} has files that can lie in one directory`, () => {
      const remote = [...files, ...(licence.file === undefined ? [] : [licence.file])];
      const names = remote.map(({ url }) => basename(new URL(url).pathname).toLowerCase());
      assert.deepEqual(names, [...new Set(names)]);
      for (const reserved of ['readme.md', 'license.txt']) assert(!names.includes(reserved));
    });

    test(`${name} is fetched over HTTPS, or has sums`, () => {
      for (const { url, sha256, bytes } of files) {
        assert.equal(new URL(url).protocol === 'https:' || sha256 !== undefined, true, url);
        if (sha256 !== undefined) assert.match(sha256, /^[0-9a-f]{64}$/);
        assert.equal(sha256 === undefined, bytes === undefined);
      }
    });

    test(`${name} says what a user must know`, () => {
      assert(files.length > 0 && types.length > 0);
      assert.deepEqual([...new Set(types)], types);
      for (const url of [licence.url, homepage]) assert(URL.canParse(url));
      const splits = new Set(files.map(({ split }) => split));
      assert.equal(splits.has('all'), splits.size === 1);
      for (const split of Object.keys(sentences)) assert(splits.has(split as 'all')); // typed keys are lost in Object.keys
    });
  }

  test('is searched whatever the case', () => assert.equal(findDataset('WNUT17', namedDatasets).name, 'wnut17'));

  test('is told where a name is not in it', () => {
    assert.throws(
      () => findDataset('wnut', namedDatasets),
      /There is no data set "wnut"; expected one of wnut17, btc, .*\. Did you mean wnut17\?$/,
    );
  });
});
