import type { Rejected, Verified } from '../../document/mention.ts';
import type { TracedDocument } from '../traced-document.ts';

/**
 * Takes out verified mentions that score below `minScore`, among them those that one unsure member alone proposed.
 * Deviation: the paper has no score. Every stage's doubts add up here, where each stage by itself let the mention pass.
 */
export function dropUnsure(document: TracedDocument<Verified | Rejected>, minScore: number): TracedDocument<Verified | Rejected> {
  return {
    ...document,
    mentions: document.mentions.map((mention) => {
      if (mention.status === 'rejected' || mention.score >= minScore) return mention;
      const { score, ...rest } = mention;
      return { ...rest, status: 'rejected', stage: 'verify', reason: `Its score of ${score.toFixed(2)} is below ${minScore}.` };
    }),
  };
}
