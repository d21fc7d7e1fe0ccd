import type { FirehoseTransformationEvent, FirehoseTransformationResult } from 'aws-lambda';

export type TransformHandler = (event: FirehoseTransformationEvent) => Promise<FirehoseTransformationResult>;
