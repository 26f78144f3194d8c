export { TextModel, type TextModelAnswer, type TextModelOptions, troubleOf } from './text-model';
export { toolOf } from './tool';
