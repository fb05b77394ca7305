import { readBrat, writeBrat } from './brat.ts';
import { readConll, writeConll } from './conll.ts';
import { readDoccano, writeDoccano } from './doccano.ts';
import type { DatasetFormat, DatasetFormatName } from './format.ts';
import { readHf, writeHf } from './hf.ts';
import { readJsonl, writeJsonl } from './jsonl.ts';
import { readLabelStudio, writeLabelStudio } from './label-studio.ts';
import { readNestedJson, writeNestedJson } from './nested-json.ts';
import { writeProdigy } from './prodigy.ts';
import { readPubtator, writePubtator } from './pubtator.ts';
import { readSpacy, writeSpacy } from './spacy.ts';
import { readText } from './text.ts';

/** Every format by its name. */
export const datasetFormats: Readonly<Record<DatasetFormatName, DatasetFormat>> = {
  jsonl: { read: readJsonl, output: 'file', keepsScores: true, write: writeJsonl },
  conll: { read: readConll, output: 'file', keepsScores: false, write: writeConll },
  spacy: { read: readSpacy, output: 'file', keepsScores: true, write: writeSpacy },
  prodigy: { read: readSpacy, output: 'file', keepsScores: true, write: writeProdigy },
  doccano: { read: readDoccano, output: 'file', keepsScores: false, write: writeDoccano },
  'label-studio': { read: readLabelStudio, output: 'file', keepsScores: true, write: writeLabelStudio },
  brat: { read: readBrat, output: 'directory', keepsScores: false, write: writeBrat },
  hf: { read: readHf, output: 'file', keepsScores: false, write: writeHf },
  'nested-json': { read: readNestedJson, output: 'file', keepsScores: false, write: writeNestedJson },
  pubtator: { read: readPubtator, output: 'file', keepsScores: false, write: writePubtator },
  text: { read: readText, output: 'none' },
};
