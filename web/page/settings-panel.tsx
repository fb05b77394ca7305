import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { LabelledBody, ModelBody, PoolBody, Problem } from '../../src/server/schemas.ts';
import { faultAt } from '../api/problem.ts';
import { ownPool, type Settings, typeNames, withPool } from './settings.ts';
import { TypeRows } from './type-rows.tsx';

interface SettingsPanelProps {
  readonly settings: Settings;
  readonly models: readonly ModelBody[];
  readonly pools: readonly PoolBody[];
  readonly own: readonly LabelledBody[];
  readonly problem: Problem | undefined;
  readonly onChange: (settings: Settings) => void;
}

const presets = [
  ['', 'usual'],
  ['fast', 'fast: one pass, no verification'],
  ['balanced', 'balanced: fewer calls, the same entities'],
  ['paper', 'paper: as EL4NER is described'],
] as const;

/** What a run is asked to do. */
export function SettingsPanel({ settings, models, pools, own, problem, onChange }: SettingsPanelProps) {
  const change = (changes: Partial<Settings>): void => onChange({ ...settings, ...changes });
  const rows = settings.types ?? typeNames(settings, pools, own).map((name) => ({ name, definition: '' }));
  return (
    <div class="settings-fields">
      <TypeRows
        rows={rows}
        isAutomatic={settings.types === undefined}
        fault={faultAt(problem, '/types')}
        onChange={(types) => change({ types, typesFor: undefined })}
      />
      <Choice
        label="Pool of labelled sentences"
        value={settings.pool}
        fault={faultAt(problem, '/pool')}
        onChange={(pool) => onChange(withPool(settings, pool))}
      >
        <option value="">none: the models know the types alone</option>
        {pools.map(({ name, sentences, isWritable, isCalibrated }) => (
          <option value={name} key={name}>
            {name} ({sentencesIn(sentences)}
            {isWritable ? '' : ', cannot be added to'}
            {isCalibrated ? ', calibrated' : ''})
          </option>
        ))}
        <option value={ownPool}>this page ({sentencesIn(own.length)})</option>
      </Choice>
      <fieldset>
        <legend>Models</legend>
        {models.map(({ id, kind }) => (
          <label class="check" key={id}>
            <input
              type="checkbox"
              checked={!settings.without.includes(id)}
              onChange={({ currentTarget: { checked } }) =>
                change({ without: checked ? settings.without.filter((one) => one !== id) : [...settings.without, id] })
              }
            />
            <code>{id}</code> {kind === 'tagger' && <span class="quiet">tagger</span>}
          </label>
        ))}
        <p class="field-problem">{faultAt(problem, '/models')}</p>
      </fieldset>
      <Choice label="Preset" value={settings.preset} fault={faultAt(problem, '/options/preset')} onChange={(preset) => change({ preset })}>
        {presets.map(([value, told]) => (
          <option value={value} key={value}>
            {told}
          </option>
        ))}
      </Choice>
      <Demonstrations value={settings.k} fault={faultAt(problem, '/options/k')} onChange={(k) => change({ k })} />
      <Choice
        label="Verified by"
        value={settings.verifier}
        fault={faultAt(problem, '/options/verifier')}
        onChange={(verifier) => change({ verifier })}
      >
        <option value="">as usual</option>
        <option value="all">all models</option>
        <option value="nobody">nobody</option>
        {models
          .filter(({ kind }) => kind !== 'tagger')
          .map(({ id }) => (
            <option value={id} key={id}>
              {id}
            </option>
          ))}
      </Choice>
      <Choice
        label="Entities in each other"
        value={settings.overlaps}
        fault={faultAt(problem, '/options/overlaps')}
        onChange={(overlaps) => change({ overlaps })}
      >
        <option value="">no, the better one stays</option>
        <option value="nested">yes</option>
      </Choice>
      <label class="check">
        <input
          type="checkbox"
          checked={settings.showsText}
          onChange={({ currentTarget }) => change({ showsText: currentTarget.checked })}
        />
        A text that is in the pool may be its own demonstration
      </label>
    </div>
  );
}

function sentencesIn(count: number): string {
  return `${count} ${count === 1 ? 'sentence' : 'sentences'}`;
}

interface FieldProps {
  readonly value: string;
  readonly fault: string | undefined;
  readonly onChange: (value: string) => void;
}

function Choice({
  label,
  value,
  fault,
  onChange,
  children,
}: FieldProps & { readonly label: string; readonly children: ComponentChildren }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-invalid={fault !== undefined}
        aria-describedby={`${id}-fault`}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {children}
      </select>
      <p id={`${id}-fault`} class="field-problem">
        {fault}
      </p>
    </div>
  );
}

function Demonstrations({ value, fault, onChange }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Demonstrations for each text (k)</label>
      <input
        id={id}
        inputMode="numeric"
        placeholder="5"
        value={value}
        aria-invalid={fault !== undefined}
        aria-describedby={`${id}-fault`}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      <p id={`${id}-fault`} class="field-problem">
        {fault}
      </p>
    </div>
  );
}
