/** How much to say on stderr. Apart from the log itself, which takes long to load. */

/** From the most to the least that is said. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export const defaultLogLevel: LogLevel = 'info';
