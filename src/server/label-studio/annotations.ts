import type { EntityType } from '../../document/entity-type.ts';
import type { LabelledText, TypedSpan } from '../../document/labelled.ts';
import { bySpan } from '../../document/span.ts';
import type { Entity } from '../../pipeline/recognition.ts';
import type { LabelInterface } from './label-config.ts';

/** The types that an interface asks for, each once. */
export function typesOf({ labels }: LabelInterface): readonly EntityType[] {
  const types = new Map<string, EntityType>();
  for (const { types: names, definition } of labels)
    for (const name of names) if (!types.has(name)) types.set(name, definition === undefined ? { name } : { name, definition });
  return Array.from(types.values());
}

/** A prediction of Label Studio: regions with scores, and the mean of these. Offsets are in UTF-16 code units, as its browser counts. */
export function predictionOf(entities: readonly Entity[], { fromName, toName, labels }: LabelInterface, modelVersion: string) {
  const result = entities.flatMap(({ start, end, text, type, score }, index) => {
    const label = labels.find(({ types }) => types.includes(type))?.label;
    if (label === undefined) return [];
    return [
      { id: `m${index + 1}`, from_name: fromName, to_name: toName, type: 'labels', value: { start, end, text, labels: [label] }, score },
    ];
  });
  const score = result.length === 0 ? 0 : result.reduce((sum, region) => sum + region.score, 0) / result.length;
  return { result, score, model_version: modelVersion };
}

/** Regions of an annotation, as a region of Label Studio or a word for what is none. */
type Regions = readonly (
  | string
  | { readonly value: { readonly start: number; readonly end: number; readonly labels: readonly string[] } }
)[];

/** An annotation as a labelled text; what has no label of the interface is left out. */
export function labelledTextOf(text: string, regions: Regions, { labels }: LabelInterface): LabelledText {
  const entities = regions.flatMap((region): readonly TypedSpan[] => {
    if (typeof region === 'string') return [];
    const { start, end, labels: given } = region.value;
    return given.flatMap((name) => {
      const [type] = labels.find(({ label }) => label === name)?.types ?? [];
      return type === undefined ? [] : [{ start, end, type }];
    });
  });
  return { text, entities: entities.sort(bySpan) };
}
