/** Where failed objects are read from. */

export interface Source {
  /** For people: the folder, or `s3://bucket/prefix`. */
  readonly place: string;
  /**
   * All objects, in the order of their keys.
   *
   * @param onProblem is told of what cannot be listed; the rest goes on.
   * @throws ToolkitError REPLAY_SOURCE_UNREADABLE if nothing can be listed; for a bucket also CREDENTIALS_UNUSABLE, SERVER_UNREACHABLE.
   */
  objects(onProblem: (place: string, why: string) => void): AsyncIterable<SourceObject>;
}

export interface SourceObject {
  /** In the bucket, or in the folder: `apache_processing-failed/2026/11/23/07/webserver_stream-1-…`. */
  readonly key: string;
  /** Names the object among all: its path, or `s3://bucket/key`. */
  readonly location: string;
  /** Changes when the object does. */
  readonly version: string;
  /** The bytes as they are stored. Throws whatever the disk or S3 says. */
  read(): AsyncGenerator<Buffer>;
}
