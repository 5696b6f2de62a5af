/**
 * A page of the repository as the site has it: links lead to where the site has what they lead to, and diagrams are drawn. What is shown as
 * code stays as it is. Reads no file.
 */

import { posix } from 'node:path';
import { linkBetween, placeOf } from './page-map.ts';

export interface StageOptions {
  /** The file, from the root of the repository. */
  readonly file: string;
  /** Where the site has it. */
  readonly path: string;
  /** What is at a path of the repository. */
  readonly look: (path: string) => 'file' | 'folder' | undefined;
  /** The picture of a diagram, as HTML without an empty line. */
  readonly draw: (mermaid: string) => Promise<string>;
}

export interface Staged {
  readonly text: string;
  /** Files that it leads to and that are no pages by themselves. */
  readonly leadsTo: readonly string[];
}

/** @throws Error where a link leads nowhere. */
export async function stagedPage(text: string, options: StageOptions): Promise<Staged> {
  const leadsTo = new Set<string>();
  const parts: string[] = [];
  for (const part of text.split(/^(```[^]*?^```$)/m)) {
    const [, diagram] = /^```mermaid\n([^]*?)```$/.exec(part) ?? [];
    if (diagram !== undefined) parts.push(await options.draw(diagram));
    else parts.push(part.startsWith('```') ? part : relinked(part, options, leadsTo));
  }
  return { text: parts.join(''), leadsTo: [...leadsTo] };
}

function relinked(text: string, { file, path, look }: StageOptions, leadsTo: Set<string>): string {
  const moved = (link: string): string => {
    const target = posix.join(posix.dirname(file), link).replace(/\/$/, '');
    const found = look(target);
    if (found === undefined) throw new Error(`${file} leads to ${link}, which is not there`);
    const placed = placeOf(target, found === 'folder');
    if (placed.kind !== 'page') leadsTo.add(target);
    return linkBetween(path, placed.path);
  };
  return text
    .replaceAll(/(?<=\]\()(?!\w+:|#)[^)#\s]+/g, moved)
    .replaceAll(/(?<=<(?:img|source)\b[^>]* (?:src|srcset)=")(?!\w+:)[^"\s]+/g, moved);
}
