import type { ToolRules } from './tool-rules';

export type KnowledgeSource =
  /** Markdown, text and PDF files beside the agent, searched inside the bot. */
  | { readonly kind: 'folder'; readonly folder: string }
  /** A knowledge base of Bedrock. */
  | { readonly kind: 'bedrock'; readonly knowledgeBaseId: string; readonly minScore?: number };

/** Looks up what the agent's pages say. */
export interface KnowledgeTool extends ToolRules {
  readonly kind: 'knowledge';
  readonly source: KnowledgeSource;
  /** Passages that the model is given, 3 at most. */
  readonly passages: number;
}

interface Given extends Partial<ToolRules> {
  /** The folder beside the agent. Default `knowledge`. */
  readonly folder?: string;
  /** The id of a knowledge base of Bedrock, instead of a folder. */
  readonly knowledgeBase?: string;
  /** Passages that the knowledge base scores lower are left out. */
  readonly minScore?: number;
  readonly passages?: number;
}

/** `knowledge()` searches the folder `knowledge/`; `knowledge({ knowledgeBase: 'ABCDEFGHIJ' })` asks Bedrock instead. */
export function knowledge({ folder = 'knowledge', knowledgeBase, minScore, ...rules }: Given = {}): KnowledgeTool {
  const source: KnowledgeSource =
    knowledgeBase === undefined
      ? { kind: 'folder', folder }
      : { kind: 'bedrock', knowledgeBaseId: knowledgeBase, ...(minScore === undefined ? {} : { minScore }) };
  const description = 'Looks up facts. Use it for every question that its pages may answer, before you answer.';
  return { description, passages: 3, runs: 'any', ...rules, kind: 'knowledge', source };
}
