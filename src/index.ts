export { readJsonl } from './dataset/jsonl.ts';
export type { Document } from './document/document.ts';
export type { EntityType } from './document/entity-type.ts';
export type { LabelledSentence, LabelledText, TypedSpan } from './document/labelled.ts';
export type { Alignment, Classified, Extracted, Mention, Proposal, Rejected, Verdict, Verified, Vote } from './document/mention.ts';
export type { Span } from './document/span.ts';
export { NerError, type NerErrorCode, type NerErrorDetail } from './error.ts';
export { type CalibrateOptions, calibrate } from './experiment/calibrate.ts';
export { readCalibrations, type StoredCalibration } from './experiment/calibration-file.ts';
export { aiSdkModel, type ChatModelOptions } from './model/ai-sdk.ts';
export { type BundledModel, bundledModels } from './model/bundled.ts';
export { defineModel, type ModelDefinition } from './model/define.ts';
export type { Embedder } from './model/embedder.ts';
export type { Answer, Exchange, LanguageModel, ModelOrigin } from './model/language-model.ts';
export { ggufEmbedder } from './model/llama/embedder.ts';
export { type GgufOptions, ggufModel } from './model/llama/gguf.ts';
export { modelUriForms, type OpenModelOptions, openModel } from './model/open.ts';
export type { PromptSize } from './model/prompt-size.ts';
export { type OllamaOptions, type OpenAICompatibleOptions, type OpenAIOptions, ollama, openai, openaiCompatible } from './model/servers.ts';
export type { Combination } from './pipeline/combination.ts';
export type { Aim } from './pipeline/decide/threshold.ts';
export type { Call } from './pipeline/ensemble.ts';
export type { Calibration, ObservedSentence } from './pipeline/observation.ts';
export type { ModelSource, PoolSentence, Preset, RecognizerOptions } from './pipeline/options.ts';
export type { Degradation, Entity, FailedRecognition, Recognition, TracedWindow } from './pipeline/recognition.ts';

export { createRecognizer, type Input, type Recognizer } from './pipeline/recognizer.ts';
export type { TracedDocument } from './pipeline/traced-document.ts';
export type { DemonstrationSelection, LeftOutSentence, RankedDemonstration, Retriever } from './pool/demonstration.ts';
export { type OpenIndex, openIndex } from './pool/index/open-index.ts';
export { embedderUriForms, type OpenEmbedderOptions, openEmbedder } from './pool/open-embedder.ts';
export { defaultPartOfSpeechWeights, englishSpanWeigher, type PartOfSpeechWeights, type SpanWeigher } from './pool/part-of-speech.ts';
export type { CandidateSpans, QuerySpans } from './pool/span-sources.ts';
export type { SpanWeights } from './pool/span-weights.ts';
export { type ChatJsonOptions, chatJson } from './prompting/chat-json.ts';
export { chatPaper } from './prompting/chat-paper.ts';
export type {
  ChatMessage,
  ChatPrompt,
  ChatReply,
  Completion,
  Dialect,
  JsonSchema,
  Parsed,
  ReplyFault,
  Usage,
} from './prompting/dialect.ts';
export type {
  ClassifyTask,
  Demonstration,
  ExtractTask,
  JointTask,
  Task,
  TaskContext,
  TaskData,
  TaskKind,
  TypeChoice,
  VerifyTask,
  YesNo,
} from './prompting/task.ts';
