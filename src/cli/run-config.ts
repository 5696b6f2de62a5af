/** Runs `ninelives config`: says what a gateway would make of a file, without doing any of it. */

import type { GatewayConfig } from '../config/gateway-config.ts';
import { loadGateway, mistakeLine } from '../config/gateway-file.ts';
import { gatewayJsonSchema } from '../config/gateway-schema.ts';
import { counted } from '../counted.ts';
import type { ConfigRequest } from './config.ts';
import { exitCodes } from './exit-codes.ts';

interface Output {
  write(text: string): unknown;
}

/** Resolves with the exit code. */
export async function runConfig(
  request: ConfigRequest,
  environment: Readonly<Record<string, string | undefined>>,
  out: Output,
  err: Output,
): Promise<number> {
  if (request.do === 'schema') {
    out.write(`${JSON.stringify(gatewayJsonSchema(), null, 2)}\n`);
    return exitCodes.ok;
  }
  const loaded = loadGateway(request.file, environment);
  if ('mistakes' in loaded) {
    err.write(loaded.mistakes.map((mistake) => `${mistakeLine(request.file, mistake)}\n`).join(''));
    return exitCodes.usage;
  }
  const { rules, takesFaults } = loaded.config;
  const problems = rules === undefined ? [] : await ruleProblems(rules, takesFaults);
  if (problems.length > 0) {
    err.write(problems.map((problem) => `${problem}\n`).join(''));
    return exitCodes.usage;
  }
  out.write(`${request.file}: ${summaryOf(loaded.config)}\n`);
  return exitCodes.ok;
}

async function ruleProblems(file: string, takesFaults: boolean): Promise<readonly string[]> {
  const [{ loadRules }, { problemText }] = await Promise.all([
    import('../rules/load-rules.ts'),
    import('../rules/yaml-places.ts'),
  ]);
  const loaded = await loadRules(file, { takesFaults });
  return 'problems' in loaded ? loaded.problems.map((problem) => problemText(file, problem)) : [];
}

/** Names alone: what is behind them may be secret. */
function summaryOf({ upstreams, routes }: GatewayConfig): string {
  return `${counted(upstreams.size, 'upstream')}, ${counted(routes.length, 'route')}, nothing wrong`;
}
