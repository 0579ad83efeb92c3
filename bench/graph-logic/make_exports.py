"""Ordinary models of many architectures, random weights, exported by both of torch's exporters: what the graph rules must be quiet on.

python make_exports.py OUT   (torch, transformers, onnx, onnxscript)
"""
import os
import sys
import warnings

import torch
warnings.filterwarnings('ignore'); torch.set_num_threads(1)
import torch.nn as nn
from transformers import *
OUT=sys.argv[1].rstrip('/')+'/'; os.makedirs(OUT,exist_ok=True)
def ids(n=8,v=90): return torch.randint(5,v,(2,n))
def exp(name, m, args, names, outs=['out'], dyn=None, modes=('ts','dyn')):
    m.eval()
    for mode in modes:
        p=f'{OUT}{name}_{mode}.onnx'
        if os.path.exists(p): continue
        try:
            kw=dict(input_names=names, output_names=outs)
            if mode=='ts':
                if dyn: kw['dynamic_axes']=dyn
                torch.onnx.export(m,args,p,dynamo=False,opset_version=17,**kw)
            else:
                torch.onnx.export(m,args,p,dynamo=True,external_data=False,**kw)
            print('ok',p,flush=True)
        except Exception as e: print('FAIL',p,str(e)[:150].replace('\n',' '),flush=True)
class W(nn.Module):
    def __init__(s,m,f,mask=True): super().__init__(); s.m=m; s.f=f; s.mask=mask
    def forward(s,ids,mask=None):
        o=s.m(input_ids=ids,attention_mask=mask) if mask is not None else s.m(input_ids=ids)
        return o[s.f] if isinstance(s.f,(int,str)) else s.f(o)
dy={'input_ids':{0:'b',1:'t'},'attention_mask':{0:'b',1:'t'}}
def text(name,cfg,cls,mask=True,**k):
    try: m=cls._from_config(cfg,**k) if hasattr(cls,'_from_config') else cls(cfg)
    except Exception as e: print('FAILcfg',name,e); return
    a=(ids(),torch.ones(2,8,dtype=torch.long)) if mask else (ids(),)
    exp(name,W(m,0),a,['input_ids','attention_mask'][:len(a)],dyn=dy)
C=dict(vocab_size=100,hidden_size=32,num_hidden_layers=2,num_attention_heads=4,intermediate_size=64,max_position_embeddings=64)
for att in ('eager','sdpa'):
    text('bert_'+att,BertConfig(**C),BertModel,attn_implementation=att)
    text('llama_'+att,LlamaConfig(**C,num_key_value_heads=2),LlamaForCausalLM,attn_implementation=att)
    text('gpt2_'+att,GPT2Config(vocab_size=100,n_embd=32,n_layer=2,n_head=4,n_positions=64),GPT2LMHeadModel,attn_implementation=att)
    text('roberta_'+att,RobertaConfig(**C),RobertaForSequenceClassification,attn_implementation=att)
text('roberta_nomask',RobertaConfig(**C),RobertaForSequenceClassification,mask=False)
text('gpt2cls',GPT2Config(vocab_size=100,n_embd=32,n_layer=2,n_head=4,n_positions=64,pad_token_id=0),GPT2ForSequenceClassification)
text('gpt2cls_nomask',GPT2Config(vocab_size=100,n_embd=32,n_layer=2,n_head=4,n_positions=64,pad_token_id=0),GPT2ForSequenceClassification,mask=False)
text('distil',DistilBertConfig(vocab_size=100,dim=32,n_layers=2,n_heads=4,hidden_dim=64),DistilBertForSequenceClassification)
text('qwen2',Qwen2Config(**C,num_key_value_heads=2),Qwen2ForCausalLM)
text('clip',CLIPTextConfig(**C,projection_dim=16,eos_token_id=99),CLIPTextModel)
text('clip_legacy_eos',CLIPTextConfig(**C,projection_dim=16,eos_token_id=2),CLIPTextModel)
text('clip_nomask',CLIPTextConfig(**C,projection_dim=16,eos_token_id=99),CLIPTextModel,mask=False)
text('t5enc',T5Config(vocab_size=100,d_model=32,d_kv=8,d_ff=64,num_layers=2,num_heads=4),T5EncoderModel)
text('deberta',DebertaV2Config(**C,relative_attention=True,pos_att_type=['p2c','c2p'],position_buckets=16,type_vocab_size=0),DebertaV2Model)
text('esm',EsmConfig(**C,pad_token_id=1,mask_token_id=3,token_dropout=True,emb_layer_norm_before=False,position_embedding_type='rotary'),EsmModel)
text('mpnet',MPNetConfig(**C),MPNetModel)
text('electra',ElectraConfig(**C,embedding_size=32),ElectraForSequenceClassification)
text('albert',AlbertConfig(vocab_size=100,embedding_size=16,hidden_size=32,num_hidden_layers=2,num_attention_heads=4,intermediate_size=64),AlbertModel)
text('opt',OPTConfig(vocab_size=100,hidden_size=32,num_hidden_layers=2,num_attention_heads=4,ffn_dim=64,max_position_embeddings=64,word_embed_proj_dim=32),OPTForCausalLM)
text('mixtral',MixtralConfig(**C,num_key_value_heads=2,num_local_experts=4),MixtralForCausalLM)
text('phi3_longrope',Phi3Config(**C,num_key_value_heads=2,pad_token_id=0,original_max_position_embeddings=16,rope_parameters={'rope_type':'longrope','rope_theta':10000.0,'short_factor':[1.0]*4,'long_factor':[2.0]*4,'original_max_position_embeddings':16}),Phi3ForCausalLM)
text('gemma2',Gemma2Config(**C,num_key_value_heads=2,head_dim=8,sliding_window=4),Gemma2ForCausalLM)
class BartW(nn.Module):
    def __init__(s,m): super().__init__(); s.m=m
    def forward(s,i,a): return s.m(input_ids=i,attention_mask=a,decoder_input_ids=i)[0]
try:
    exp('bart',BartW(BartModel(BartConfig(vocab_size=100,d_model=32,encoder_layers=1,decoder_layers=1,encoder_attention_heads=4,decoder_attention_heads=4,encoder_ffn_dim=64,decoder_ffn_dim=64,max_position_embeddings=64))),(ids(),torch.ones(2,8,dtype=torch.long)),['input_ids','attention_mask'],dyn=dy)
    class T5W(BartW):
        pass
    exp('t5',T5W(T5Model(T5Config(vocab_size=100,d_model=32,d_kv=8,d_ff=64,num_layers=1,num_heads=4))),(ids(),torch.ones(2,8,dtype=torch.long)),['input_ids','attention_mask'],dyn=dy)
except Exception as e: print(e)
def img(name,m,size=32,f=0):
    class I(nn.Module):
        def __init__(s): super().__init__(); s.m=m
        def forward(s,x):
            o=s.m(x); return o[f] if not torch.is_tensor(o) else o
    exp(name,I(),(torch.rand(2,3,size,size),),['pixel_values'],dyn={'pixel_values':{0:'b'}})
V=dict(image_size=32,patch_size=8,hidden_size=32,num_hidden_layers=2,num_attention_heads=4,intermediate_size=64)
img('vit',ViTForImageClassification(ViTConfig(**V)))
img('deit',DeiTForImageClassification(DeiTConfig(**V)))
img('beit',BeitForImageClassification(BeitConfig(**V)))
img('convnext',ConvNextForImageClassification(ConvNextConfig(hidden_sizes=[8,16,32,64],depths=[1,1,1,1])))
img('resnet',ResNetForImageClassification(ResNetConfig(embedding_size=8,hidden_sizes=[8,16,32,64],depths=[1,1,1,1],layer_type='basic')))
img('mobilenetv2',MobileNetV2ForImageClassification(MobileNetV2Config(image_size=32)))
img('segformer',SegformerForSemanticSegmentation(SegformerConfig(hidden_sizes=[8,16,32,64],depths=[1,1,1,1],num_attention_heads=[1,2,4,8],decoder_hidden_size=32)),64)
img('efficientnet',EfficientNetForImageClassification(EfficientNetConfig(image_size=32,width_coefficient=.2,depth_coefficient=.2,hidden_dim=64)),64)
img('swin',SwinForImageClassification(SwinConfig(image_size=32,patch_size=4,embed_dim=16,depths=[1,1],num_heads=[2,4],window_size=4)))
img('yolos',YolosForObjectDetection(YolosConfig(hidden_size=32,num_hidden_layers=2,num_attention_heads=4,intermediate_size=64,image_size=[32,32],patch_size=8,num_detection_tokens=4)))
img('vit_features',ViTModel(ViTConfig(**V)))
class Tab(nn.Module):
    def __init__(s): super().__init__(); s.n=nn.Sequential(nn.Linear(10,16),nn.ReLU(),nn.BatchNorm1d(16),nn.Linear(16,3))
    def forward(s,x): return s.n((x-x.mean(1,keepdim=True))/(x.std(1,keepdim=True)+1e-6)).softmax(-1)
exp('tabnorm',Tab(),(torch.rand(2,10),),['x'],dyn={'x':{0:'b'}})
class Bag(nn.Module):
    def __init__(s): super().__init__(); s.e=nn.EmbeddingBag(100,16,mode='mean'); s.l=nn.Linear(16,3)
    def forward(s,t,o): return s.l(s.e(t,o))
exp('bag',Bag(),(torch.randint(0,99,(12,)),torch.tensor([0,5,9])),['text','offsets'],dyn={'text':{0:'n'},'offsets':{0:'b'}})
class Lstm(nn.Module):
    def __init__(s): super().__init__(); s.e=nn.Embedding(100,16,padding_idx=0); s.r=nn.LSTM(16,8,batch_first=True); s.l=nn.Linear(8,3)
    def forward(s,t):
        m=(t!=0); o,_=s.r(s.e(t)); n=m.sum(1)-1
        return s.l(o[torch.arange(o.shape[0]),n.clamp(min=0)])
exp('lstm_last',Lstm(),(ids(),),['tokens'],dyn={'tokens':{0:'b',1:'t'}})
class Pool(nn.Module):
    def __init__(s): super().__init__(); s.m=BertModel(BertConfig(**C))
    def forward(s,i,a):
        o=s.m(input_ids=i,attention_mask=a)[0]; k=a.unsqueeze(-1).float()
        return nn.functional.normalize((o*k).sum(1)/k.sum(1).clamp(min=1e-9),dim=1)
exp('sbert',Pool(),(ids(),torch.ones(2,8,dtype=torch.long)),['input_ids','attention_mask'],dyn=dy)
class Pool2(nn.Module):
    def __init__(s): super().__init__(); s.e=nn.Embedding(100,16); s.l=nn.Linear(16,2)
    def forward(s,i):
        k=(i!=0).unsqueeze(-1).float(); o=s.e(i)
        return s.l((o*k).sum(1)/k.sum(1).clamp(min=1))
exp('meanpool_ids',Pool2(),(ids(),),['tokens'],dyn={'tokens':{0:'b',1:'t'}})
class Pad(nn.Module):
    "audio/time series with padding frames"
    def __init__(s): super().__init__(); s.l=nn.Linear(6,16); s.t=nn.TransformerEncoderLayer(16,2,32,batch_first=True); s.o=nn.Linear(16,2)
    def forward(s,x):
        pad=(x.abs().sum(-1)==0); h=s.t(s.l(x),src_key_padding_mask=pad); h=h.masked_fill(pad.unsqueeze(-1),0.)
        return s.o(h.sum(1)/(~pad).sum(1,keepdim=True).clamp(min=1))
exp('padframes',Pad(),(torch.rand(2,7,6),),['x'],dyn={'x':{0:'b',1:'t'}})
class Norm(nn.Module):
    def __init__(s): super().__init__(); s.b=nn.Sequential(nn.Conv2d(3,8,3),nn.ReLU(),nn.AdaptiveAvgPool2d(1),nn.Flatten(),nn.Linear(8,4))
    def forward(s,x):
        x=x/255.; x=(x-torch.tensor([.485,.456,.406]).view(1,3,1,1))/torch.tensor([.229,.224,.225]).view(1,3,1,1)
        return s.b(nn.functional.interpolate(x,size=(24,24),mode='bilinear').clamp(-3,3))
exp('prepro',Norm(),(torch.rand(2,3,32,32)*255,),['x'],dyn={'x':{0:'b'}})
class Thr(nn.Module):
    def __init__(s): super().__init__(); s.c=nn.Conv2d(3,6,3,2)
    def forward(s,x):
        o=s.c(x).flatten(2).transpose(1,2); sc=o[...,4].sigmoid(); v,i=sc.topk(20,1)
        b=torch.gather(o[...,:4],1,i.unsqueeze(-1).expand(-1,-1,4)); return torch.where((v>.3).unsqueeze(-1),b,torch.zeros_like(b)),v
exp('topk_boxes',Thr(),(torch.rand(1,3,64,64),),['images'])
class SE(nn.Module):
    def __init__(s): super().__init__(); s.c=nn.Conv2d(3,8,3,padding=1); s.f=nn.Conv2d(8,8,1); s.o=nn.Linear(8,3)
    def forward(s,x): h=s.c(x).relu(); h=h*s.f(h.mean((2,3),keepdim=True)).sigmoid(); return s.o(h.mean((2,3)))
exp('se',SE(),(torch.rand(2,3,16,16),),['x'],dyn={'x':{0:'b'}})
class Mel(nn.Module):
    def __init__(s): super().__init__(); s.register_buffer('mel',torch.rand(8,17)*(torch.rand(8,17)>.7)); s.register_buffer('dft',torch.randn(32,34)); s.l=nn.Linear(8,4)
    def forward(s,x):
        f=x.unfold(1,32,16)@s.dft; p=f[...,:17]**2+f[...,17:]**2; m=(p@s.mel.T).clamp(min=1e-10).log10()
        m=torch.maximum(m,m.amax((1,2),keepdim=True)-8.); return s.l((m+4)/4).mean(1)
exp('logmel',Mel(),(torch.rand(2,320),),['audio'],dyn={'audio':{0:'b'}})
class Scaler(nn.Module):
    def __init__(s): super().__init__(); s.l=nn.Linear(24,6)
    def forward(s,x):
        obs=(~torch.isnan(x)).float(); x=torch.nan_to_num(x); n=obs.sum(1,keepdim=True); sc=(x.abs()*obs).sum(1,keepdim=True)/n.clamp(min=1); sc=torch.where(n>0,sc,torch.ones_like(sc)).clamp(min=1e-10)
        return s.l(x/sc)*sc
exp('tsscale',Scaler(),(torch.rand(2,24),),['x'],dyn={'x':{0:'b'}})
print('done')
