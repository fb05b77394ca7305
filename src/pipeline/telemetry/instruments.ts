import { type Counter, type Histogram, type Meter, type MeterProvider, metrics } from '@opentelemetry/api';
import { scope } from './spans.ts';

/** What is measured, over all recognizers of this process. */
interface Instruments {
  readonly tokens: Histogram;
  /** In seconds. */
  readonly duration: Histogram;
  readonly documents: Counter;
  readonly entities: Counter;
  readonly rejected: Counter;
}

let made: { readonly provider: MeterProvider; readonly instruments: Instruments } | undefined;

/** The instruments of the meters that are registered now: unlike tracers, meters from before a registration stay without effect. */
export function instruments(): Instruments {
  const provider = metrics.getMeterProvider();
  if (made?.provider !== provider) made = { provider, instruments: instrumentsOf(provider.getMeter(scope)) };
  return made.instruments;
}

/** Boundaries of buckets as the GenAI semantic conventions advise. */
function instrumentsOf(meter: Meter): Instruments {
  return {
    tokens: meter.createHistogram('gen_ai.client.token.usage', {
      description: 'Number of input and output tokens used.',
      unit: '{token}',
      advice: { explicitBucketBoundaries: Array.from({ length: 14 }, (_, power) => 4 ** power) },
    }),
    duration: meter.createHistogram('gen_ai.client.operation.duration', {
      description: 'GenAI operation duration.',
      unit: 's',
      advice: { explicitBucketBoundaries: Array.from({ length: 14 }, (_, power) => 2 ** power / 100) },
    }),
    documents: meter.createCounter('el4ner.documents', { description: 'Documents by how they ended.', unit: '{document}' }),
    entities: meter.createCounter('el4ner.entities', { description: 'Entities found, by type.', unit: '{entity}' }),
    rejected: meter.createCounter('el4ner.mentions.rejected', { description: 'Mentions taken out, by stage.', unit: '{mention}' }),
  };
}
