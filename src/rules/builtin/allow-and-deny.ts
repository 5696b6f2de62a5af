/**
 * Lets through what a client may ask, by method or by tool, and refuses the rest; or the other way round. Handshake, pings and
 * cancellations always pass, or no session would come about.
 */

import { z } from 'zod';
import { methodRow } from '../../protocol/methods.ts';
import { defineInterceptor } from '../../session/define-interceptor.ts';
import type { InterceptContext, Interceptor } from '../../session/interception.ts';
import { matchesGlob } from '../glob.ts';
import { optionsOf } from './options.ts';

const patterns = z.array(z.string().min(1).max(256)).min(1).max(1000);
const message = z.string().min(1).max(1000).optional();

export const allowMethods = defineInterceptor({
  name: 'allow-methods',
  create: (options) => byMethod(options, (isNamed) => isNamed),
});

export const denyMethods = defineInterceptor({
  name: 'deny-methods',
  create: (options) => byMethod(options, (isNamed) => !isNamed),
});

export const allowTools = defineInterceptor({
  name: 'allow-tools',
  create: (options) => byTool(options, (isNamed) => isNamed),
});

export const denyTools = defineInterceptor({
  name: 'deny-tools',
  create: (options) => byTool(options, (isNamed) => !isNamed),
});

function byMethod(options: unknown, passes: (isNamed: boolean) => boolean): Interceptor['intercept'] {
  const { methods, message: own } = optionsOf(z.strictObject({ methods: patterns, message }), options);
  return (frame) => {
    if (frame.direction === 'server-to-client' || frame.kind !== 'request' || isNeeded(frame)) return undefined;
    if (passes(isAmong(methods, frame.method))) return undefined;
    return { action: 'block', message: own ?? `${frame.method} is not allowed here` };
  };
}

function byTool(options: unknown, passes: (isNamed: boolean) => boolean): Interceptor['intercept'] {
  const { tools, message: own } = optionsOf(z.strictObject({ tools: patterns, message }), options);
  return (frame) => {
    if (frame.direction === 'server-to-client' || frame.method !== 'tools/call') return undefined;
    if (passes(isAmong(tools, frame.name))) return undefined;
    return { action: 'block', message: own ?? `The tool ${frame.name} is not allowed here` };
  };
}

function isNeeded({ method }: InterceptContext): boolean {
  const row = methodRow(method);
  return row?.isHandshake === true || row?.isPing === true;
}

const isAmong = (globs: readonly string[], text: string): boolean => globs.some((glob) => matchesGlob(text, glob));
