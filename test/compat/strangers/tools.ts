/** The tools that every stranger's server has: one answers, one is slow, one never answers, one ends its server, one floods. */

export interface ToolCall {
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>> | undefined;
}

/** What a tool may do besides answering. */
export interface ToolActs {
  progress(message: string): Promise<void>;
  /** The server is gone from one moment to the next. */
  die(): void;
}

export const floodMessages = 4000;
export const floodBytes = 8192;

export interface ToolResult {
  [key: string]: unknown;
  content: { type: 'text'; text: string }[];
}

export async function runTool({ name, arguments: args = {} }: ToolCall, acts: ToolActs): Promise<ToolResult> {
  const text = typeof args['text'] === 'string' ? args['text'] : '';
  switch (name) {
    case 'echo':
      return { content: [{ type: 'text', text }] };
    case 'slow':
      await new Promise((resolve) => setTimeout(resolve, Number(args['ms'])));
      return { content: [{ type: 'text', text }] };
    case 'die':
      acts.die();
      break;
    case 'flood':
      for (let sent = 0; sent < floodMessages; sent += 1) await acts.progress('x'.repeat(floodBytes));
      return { content: [{ type: 'text', text: 'flooded' }] };
  }
  return new Promise(() => {});
}
