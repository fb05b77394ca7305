/** The public sets that the bundled ensemble is measured on: the split that is scored and the one that demonstrations come from. */
export const benchSets = [
  { name: 'wnut17', data: 'test', pool: 'train' },
  { name: 'btc', data: 'test', pool: 'train' },
  { name: 'jnlpba', data: 'test', pool: 'dev' },
  { name: 'wikigold', data: 'all', pool: 'all' },
  { name: 'genia-nested', data: 'test', pool: 'pool', overlaps: 'nested' },
  { name: 'bc5cdr', data: 'test', pool: 'train' },
  { name: 'litbank-nested', data: 'test', pool: 'train', overlaps: 'nested' },
  { name: 're3d', data: 'test', pool: 'train' },
] as const;
