import { useState } from 'preact/hooks';
import type { WriteRequest } from '../../src/server/dataset-schemas.ts';
import { ImportButton } from '../exchange/import-button.tsx';
import type { WorkDocument } from './workspace.ts';

/** What documents can be exported as. */
export type ExportFormat = WriteRequest['to'] | 'results';

const exportFormats: readonly (readonly [ExportFormat, string])[] = [
  ['jsonl', 'el4ner JSON Lines'],
  ['conll', 'CoNLL columns'],
  ['spacy', 'spaCy'],
  ['prodigy', 'Prodigy'],
  ['doccano', 'doccano'],
  ['label-studio', 'Label Studio'],
  ['brat', 'brat (archive)'],
  ['hf', 'Hugging Face'],
  ['nested-json', 'nested JSON'],
  ['pubtator', 'PubTator'],
  ['results', 'results with their traces'],
];

interface DocumentsBarProps {
  readonly documents: readonly WorkDocument[];
  readonly at: number;
  readonly onShow: (at: number) => void;
  readonly onImport: (files: readonly File[]) => void;
  readonly onExport: (format: ExportFormat) => void;
}

/** Which document is shown, and the ways in and out. */
export function DocumentsBar({ documents, at, onShow, onImport, onExport }: DocumentsBarProps) {
  const [format, setFormat] = useState<ExportFormat>('jsonl');
  return (
    <div class="documents-bar">
      {documents.length > 1 && (
        <span class="pager">
          <button type="button" aria-label="Previous document" disabled={at === 0} onClick={() => onShow(at - 1)}>
            ‹
          </button>
          <select aria-label="Document" value={at} onChange={({ currentTarget }) => onShow(Number(currentTarget.value))}>
            {documents.map(({ id, result, edits }, index) => (
              <option value={index} key={id}>
                {id}
                {result === undefined ? '' : result.error === undefined ? ` (${result.entities?.length ?? 0})` : ' (failed)'}
                {edits.length > 0 ? ' ✎' : ''}
              </option>
            ))}
          </select>
          <button type="button" aria-label="Next document" disabled={at === documents.length - 1} onClick={() => onShow(at + 1)}>
            ›
          </button>
          <span class="quiet">
            {at + 1} of {documents.length}
          </span>
        </span>
      )}
      <span class="exchange">
        <ImportButton label="Import…" onFiles={onImport} />
        <select
          aria-label="Format of the export"
          value={format}
          onChange={({ currentTarget }) => setFormat(currentTarget.value as ExportFormat)}
        >
          {exportFormats.map(([name, told]) => (
            <option value={name} key={name}>
              {told}
            </option>
          ))}
        </select>
        <button type="button" onClick={() => onExport(format)}>
          Export
        </button>
      </span>
    </div>
  );
}
