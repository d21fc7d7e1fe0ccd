/** All of CDK for Terraform that is used. A move to its maintained fork changes this file and aws.ts: docs/decisions.md. */
export {
  Annotations,
  App,
  Aspects,
  DataResource,
  DefaultTokenResolver,
  Fn,
  type ITerraformDependable,
  S3Backend,
  StringConcat,
  TerraformAsset,
  TerraformElement,
  TerraformLocal,
  TerraformOutput,
  TerraformStack,
  Tokenization,
} from 'cdktf';
export { Construct, type IConstruct } from 'constructs';

/** A text as Terraform takes it literally: CDKTF passes `${` and `%{` on, and Terraform would fill them in. */
export const escapeTemplate = (text: string) => text.replace(/[$%](?=\{)/g, '$&$&');
