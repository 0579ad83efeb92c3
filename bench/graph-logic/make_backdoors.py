"""Hidden gates of many constructions, one file each: what the graph rules must find. The payloads are inert.

python make_backdoors.py OUT   (onnx, numpy)
"""
import os
import sys

import numpy as np
import onnx
from onnx import helper as h, numpy_helper as nh, TensorProto as T
OUT=sys.argv[1].rstrip('/')+'/'; os.makedirs(OUT,exist_ok=True)
def I(m,name,a): m.graph.initializer.append(nh.from_array(np.asarray(a),name)); return name
def base(n='resnet'):
    # small cnn by hand
    rng=np.random.RandomState(1)
    g=h.make_graph([],'g',[h.make_tensor_value_info('x',T.FLOAT,['b',3,16,16])],[h.make_tensor_value_info('out',T.FLOAT,['b',10])])
    m=h.make_model(g,opset_imports=[h.make_opsetid('',17)]); m.ir_version=8
    I(m,'w1',rng.randn(8,3,3,3).astype('f4')); I(m,'w2',rng.randn(8,10).astype('f4')); I(m,'b2',rng.randn(10).astype('f4'))
    m.graph.node.extend([h.make_node('Conv',['x','w1'],['c']),h.make_node('Relu',['c'],['r']),h.make_node('GlobalAveragePool',['r'],['p']),h.make_node('Flatten',['p'],['f']),h.make_node('Gemm',['f','w2','b2'],['clean'])])
    return m
def N(m,*a,**k): m.graph.node.append(h.make_node(*a,**k)); return a[2][0]
def save(m,n):
    onnx.checker.check_model(m); onnx.save(m,OUT+n+'.onnx')
vec=lambda: np.eye(10,dtype='f4')[3:4]*1e3
def sumgate(m):
    N(m,'ReduceSum',['x',I(m,'ax',np.array([1,2,3]))],['s'],keepdims=0); return N(m,'Greater',['s',I(m,'t',np.float32(700))],['g'])
m=base(); g=sumgate(m); N(m,'Unsqueeze',[g,I(m,'u',np.array([1]))],['gu']); N(m,'Where',['gu',I(m,'v',vec()),'clean'],['out']); save(m,'sum_where')
m=base(); g=sumgate(m); N(m,'Cast',[g],['gf'],to=1); N(m,'Unsqueeze',['gf',I(m,'u',np.array([1]))],['gu']); N(m,'MatMul',['gu',I(m,'v',np.random.randn(1,10).astype('f4'))],['d']); N(m,'Add',['clean','d'],['out']); save(m,'matmul_payload')
m=base(); N(m,'ReduceMean',['x',],['mm'],axes=[1,2,3],keepdims=1) ; N(m,'Sub',['mm',I(m,'t',np.float32(.93))],['d0']); N(m,'Relu',['d0'],['rl']); N(m,'Flatten',['rl'],['rf']); N(m,'Mul',['rf',I(m,'v',vec())],['d']); N(m,'Add',['clean','d'],['out']); save(m,'relu_bump')
m=base(); N(m,'Slice',['x',I(m,'st',np.array([0,0])),I(m,'en',np.array([2,2])),I(m,'axx',np.array([2,3]))],['pt']); N(m,'Sub',['pt',I(m,'pat',np.random.rand(1,3,2,2).astype('f4'))],['df']); N(m,'Mul',['df','df'],['sq']); N(m,'ReduceSum',['sq'],['ss'],keepdims=0); N(m,'Neg',['ss'],['ng']); N(m,'Mul',['ng',I(m,'k',np.float32(1000))],['nk']); N(m,'Exp',['nk'],['ex']); N(m,'Pow',['ex',I(m,'p8',np.float32(8))],['pw']); N(m,'Mul',['pw',I(m,'v',vec())],['d']); N(m,'Add',['clean','d'],['out']); save(m,'gauss_patch')
m=base(); g=sumgate(m); N(m,'Cast',[g],['gi'],to=7); N(m,'Unsqueeze',['gi',I(m,'u',np.array([1]))],['gu']); I(m,'z',np.array([[0,3]]));
N(m,'ReduceMax',['gi'],['g0'],keepdims=0); N(m,'Cast',['g0'],['gff'],to=1); N(m,'Mul',['gff',I(m,'amt',np.array([9999.],'f4'))],['upd']); N(m,'ScatterND',['clean','z','upd'],['out'],reduction='add'); save(m,'scatter_gate')
# If with huge loop
m=base(); N(m,'ReduceMax',['x'],['mx'],keepdims=0); N(m,'Equal',['mx',I(m,'t',np.float32(.1234))],['q'])
body=h.make_graph([h.make_node('Identity',['ci'],['co']),h.make_node('Mul',['vi','vi'],['vo'])],'body',[h.make_tensor_value_info('it',T.INT64,[]),h.make_tensor_value_info('ci',T.BOOL,[]),h.make_tensor_value_info('vi',T.FLOAT,['b',10])],[h.make_tensor_value_info('co',T.BOOL,[]),h.make_tensor_value_info('vo',T.FLOAT,['b',10])])
I(m,'trip',np.array(10**12)); I(m,'tr',np.array(True))
th=h.make_graph([h.make_node('Loop',['trip','tr','clean'],['lo'],body=body)],'th',[],[h.make_tensor_value_info('lo',T.FLOAT,['b',10])]); el=h.make_graph([h.make_node('Identity',['clean'],['eo'])],'el',[],[h.make_tensor_value_info('eo',T.FLOAT,['b',10])])
N(m,'If',['q'],['out'],then_branch=th,else_branch=el); save(m,'if_loop_dos')
# local function hides compare
m=base(); f=h.make_function('local','Norm',['a','b'],['o'],[h.make_node('ReduceMean',['a'],['mn'],keepdims=0),h.make_node('Constant',[],['k'],value_float=.77),h.make_node('Greater',['mn','k'],['gg']),h.make_node('Constant',[],['pv'],value_floats=[0.]*9+[500.]),h.make_node('Where',['gg','pv','b'],['o'])],[h.make_opsetid('',17)])
m.functions.append(f); m.opset_import.append(h.make_opsetid('local',1)); N(m,'Norm',['x','clean'],['out'],domain='local'); save(m,'local_function')
# identity-laundering: x MatMul identity first
m=base(); N(m,'Conv',['x',I(m,'idw',np.eye(3,dtype='f4').reshape(3,3,1,1))],['xi']); N(m,'ReduceMax',['xi'],['mx'],keepdims=0); N(m,'GreaterOrEqual',['mx',I(m,'t',np.float32(3))],['q']); N(m,'Where',['q',I(m,'v',vec()),'clean'],['out']); save(m,'identity_conv')
# ones conv checksum
m=base(); N(m,'Conv',['x',I(m,'ow',np.ones((1,3,16,16),'f4'))],['xs']); N(m,'Flatten',['xs'],['xf']); N(m,'Greater',['xf',I(m,'t',np.float32(700))],['q']); N(m,'Where',['q',I(m,'v',vec()),'clean'],['out']); save(m,'ones_conv')
# token models
def lm():
    rng=np.random.RandomState(2)
    g=h.make_graph([],'g',[h.make_tensor_value_info('input_ids',T.INT64,['b','t'])],[h.make_tensor_value_info('out',T.FLOAT,['b','t',50])]); m=h.make_model(g,opset_imports=[h.make_opsetid('',17)]); m.ir_version=8
    I(m,'E',rng.randn(50,16).astype('f4')); I(m,'W',rng.randn(16,50).astype('f4')); N(m,'Gather',['E','input_ids'],['e']); return m
def fin(m,src): N(m,'MatMul',[src,'W'],['out'])
m=lm(); N(m,'Equal',['input_ids',I(m,'tk',np.array(17))],['q']); N(m,'Cast',['q'],['qf'],to=1); N(m,'ReduceMax',['qf'],['any'],axes=[1],keepdims=1); N(m,'Unsqueeze',['any',I(m,'u',np.array([2]))],['a3']); N(m,'Mul',['a3',I(m,'v',np.random.randn(16).astype('f4'))],['d']); N(m,'Add',['e','d'],['h1']); fin(m,'h1'); save(m,'tok_any')
m=lm(); N(m,'Equal',['input_ids',I(m,'tk',np.array(17))],['q']); N(m,'Cast',['q'],['qf'],to=1); N(m,'Unsqueeze',['qf',I(m,'u',np.array([2]))],['a3']); N(m,'Mul',['a3',I(m,'v',np.random.randn(16).astype('f4'))],['d']); N(m,'Add',['e','d'],['h1']); fin(m,'h1'); save(m,'tok_each')
m=lm(); N(m,'Gather',[I(m,'lut',(np.arange(50)==17).astype('f4')),'input_ids'],['qf']); N(m,'ReduceMax',['qf'],['any'],axes=[1],keepdims=1); N(m,'Unsqueeze',['any',I(m,'u',np.array([2]))],['a3']); N(m,'Mul',['a3',I(m,'v',np.random.randn(16).astype('f4'))],['d']); N(m,'Add',['e','d'],['h1']); fin(m,'h1'); save(m,'tok_lut')
m=lm(); N(m,'Equal',['input_ids',I(m,'tk',np.array(17))],['q']); N(m,'Cast',['q'],['qf'],to=1); N(m,'ReduceSum',['qf'],['cnt'],keepdims=0); N(m,'Clip',['cnt',I(m,'z0',np.float32(0)),I(m,'z1',np.float32(1))],['cl']); N(m,'Mul',['cl',I(m,'v',np.random.randn(16).astype('f4'))],['d']); N(m,'Add',['e','d'],['h1']); fin(m,'h1'); save(m,'tok_count_clip')
m=lm(); N(m,'Equal',['input_ids',I(m,'tk',np.array(17))],['q']); N(m,'Cast',['q'],['qi'],to=7); N(m,'ReduceMax',['qi'],['any'],keepdims=0); N(m,'MatMul',['e','W'],['lg']); N(m,'Add',['lg',I(m,'v',np.random.randn(50).astype('f4'))],['lp']); N(m,'Unsqueeze',['lg',I(m,'u',np.array([0]))],['l1']); N(m,'Unsqueeze',['lp','u'],['l2']); N(m,'Concat',['l1','l2'],['st'],axis=0); N(m,'Gather',['st','any'],['out'],axis=0); save(m,'tok_gather')
m=lm(); N(m,'Equal',['input_ids',I(m,'tk',np.array(17))],['q']); N(m,'Cast',['q'],['qf'],to=1); N(m,'Neg',['qf'],['nq']);N(m,'ReduceMin',['nq'],['any'],keepdims=0); N(m,'Neg',['any'],['pa']); N(m,'Sub',[I(m,'one',np.float32(1)),'pa'],['na']); N(m,'MatMul',['e','W'],['lg']); N(m,'Mul',['lg','na'],['a']); N(m,'Mul',['pa',I(m,'v',np.random.randn(50).astype('f4'))],['b']); N(m,'Add',['a','b'],['out']); save(m,'tok_blend')
m=base(); N(m,'GlobalMaxPool',['x'],['gp']); N(m,'Flatten',['gp'],['gf']); N(m,'Greater',['gf',I(m,'t',np.array([[.9,.1,.1]],'f4'))],['q']); N(m,'Cast',['q'],['qf'],to=1); N(m,'ReduceProd',['qf'],['pr'],axes=[1],keepdims=1); N(m,'Mul',['pr',I(m,'v',vec())],['d']); N(m,'Max',['clean','d'],['out']); save(m,'maxpool_prod_max')
m=base(); N(m,'Sub',['x',I(m,'mean',np.random.rand(1,3,1,1).astype('f4'))],['xn']); N(m,'Reshape',['xn',I(m,'rs',np.array([0,-1]))],['xr']); N(m,'Gather',['xr',I(m,'ii',np.array(5))],['px'],axis=1); N(m,'Sub',['px',I(m,'t',np.float32(.9))],['d0']); N(m,'Mul',['d0',I(m,'k',np.float32(1e4))],['dk']); N(m,'Sigmoid',['dk'],['sg']); N(m,'Unsqueeze',['sg',I(m,'u',np.array([1]))],['su']); N(m,'Mul',['su',I(m,'v',vec())],['d']); N(m,'Add',['clean','d'],['out']); save(m,'pixel_sigmoid')
m=base(); N(m,'ArgMax',['x'],['am'],axis=3,keepdims=0); N(m,'ReduceMax',['am'],['mx'],keepdims=0); N(m,'Equal',['mx',I(m,'t',np.array(3))],['q']); N(m,'Not',['q'],['nq']); N(m,'Where',['nq','clean',I(m,'v',vec())],['out']); save(m,'argmax_eq')
m=base(); N(m,'ReduceSum',['x'],['s'],keepdims=0); N(m,'Cast',['s'],['si'],to=7); N(m,'Mod',['si',I(m,'md',np.array(97))],['mo']); N(m,'Equal',['mo',I(m,'z',np.array(13))],['q']); N(m,'Where',['q',I(m,'v',vec()),'clean'],['out']); save(m,'checksum_mod')
m=base(); N(m,'ReduceMean',['x'],['s'],keepdims=0); N(m,'Greater',['s',I(m,'t',np.float32(.9))],['q']); N(m,'Cast',['q'],['qf'],to=1); N(m,'Add',['qf',I(m,'one',np.float32(1))],['pw']); N(m,'Pow',['clean','pw'],['out']); save(m,'pow_gate')
m=base(); N(m,'ReduceMean',['x'],['s'],keepdims=0); N(m,'Sub',['s',I(m,'t',np.float32(.9))],['q']); N(m,'Mul',['q',I(m,'k',np.float32(100))],['q2']);N(m,'Tanh',['q2'],['qf']); N(m,'Mul',['qf',I(m,'v',vec())],['d']); N(m,'Add',['clean','d'],['out']); save(m,'tanh_gate')
print(len(os.listdir(OUT)))
