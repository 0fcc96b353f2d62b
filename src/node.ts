/** What only Node has: studies in folders that outlive the process. */
export { FileError } from './durable/file-error.js';
export { LockError } from './durable/lock.js';
export type { Manifest, Shard, StudyRecord } from './durable/manifest.js';
export { type FolderMode, type FolderOptions, openStudyFolder, type StudyFolder } from './durable/study-folder.js';
export { svgToPng } from './platform/node-png.js';
