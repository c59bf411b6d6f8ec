/** The one place where figures, changes and times become words. */
export { ABSENT, counted, figureFormat, whole } from "./figure";
export type { FigureFormat } from "./figure";
export { changeOf } from "./change";
export type { Change } from "./change";
export { ago, bucketLabel, clockTime, dateAndTime, dateIn, dateRange, daysBetween } from "./time";
