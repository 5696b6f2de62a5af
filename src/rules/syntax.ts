/** The tree of a condition, as the readers of this folder walk it. */

import type { ASTNode } from '@marcbachmann/cel-js';

/** The parts that are expressions themselves. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  if (node.op === 'value' || node.op === 'id') return [];
  if (node.op === '.' || node.op === '.?') return [node.args[0]];
  if (node.op === 'call') return node.args[1];
  if (node.op === 'rcall') return [node.args[1], ...node.args[2]];
  if (node.op === 'map') return node.args.flat();
  if (node.op === '!_' || node.op === '-_') return [node.args];
  return node.args;
}

/** What has to be true altogether. */
export function conjunctsOf(node: ASTNode): readonly ASTNode[] {
  return node.op === '&&' ? node.args.flatMap((part) => conjunctsOf(part)) : [node];
}

/** `frame.method` and the like: a path of plain names. */
export function pathOf(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args;
  if (node.op !== '.') return undefined;
  const owner = pathOf(node.args[0]);
  return owner === undefined ? undefined : `${owner}.${node.args[1]}`;
}

export function textOf(node: ASTNode): string | undefined {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

/** The texts of a list that holds nothing else. */
export function textsOf(node: ASTNode): readonly string[] | undefined {
  if (node.op !== 'list') return undefined;
  const texts = node.args.map((entry) => textOf(entry));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}
