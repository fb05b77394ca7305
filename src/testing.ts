/**
 * For tests, of programs that use this package and of providers of their own: models that answer by a script, and the suites that
 * every language model and every embedder has to pass.
 */

export type { ConformanceCapability, ConformanceHarness, ConformanceSetup, ConformanceSubject } from './model/conformance/harness.ts';
export { modelConformance } from './model/conformance.ts';
export { type EmbedderSubject, embedderConformance } from './model/embedder-conformance.ts';
export type { Gold, Script, ScriptedModel, ScriptedModelOptions, ScriptedReply } from './model/scripted.ts';
export { goldScript, scriptedModel } from './model/scripted.ts';
