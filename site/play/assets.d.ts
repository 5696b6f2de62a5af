/** What the bundler makes of files that are no scripts. */

declare module '*.css';

declare module '*.jsonl?url' {
  /** Where the file is served. */
  const url: string;
  export default url;
}
