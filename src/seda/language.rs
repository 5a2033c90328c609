//! Codes of languages: the two letters of 0.2 and 2.x, the three of 1.0.
//!
//! Holds only the pairs that both closed lists have (ISO 639-1 and 639-3): a language of three letters alone
//! has no two to be told by, and stays as it is.

const PAIRS: &str = "\
aa=aar ab=abk ae=ave af=afr ak=aka am=amh an=arg ar=ara as=asm av=ava ay=aym az=aze ba=bak be=bel bg=bul \
bi=bis bm=bam bn=ben bo=bod br=bre bs=bos ca=cat ce=che ch=cha co=cos cr=cre cs=ces cu=chu cv=chv cy=cym \
da=dan de=deu dv=div dz=dzo ee=ewe el=ell en=eng eo=epo es=spa et=est eu=eus fa=fas ff=ful fi=fin fj=fij \
fo=fao fr=fra fy=fry ga=gle gd=gla gl=glg gn=grn gu=guj gv=glv ha=hau he=heb hi=hin ho=hmo hr=hrv ht=hat \
hu=hun hy=hye hz=her ia=ina id=ind ie=ile ig=ibo ii=iii ik=ipk io=ido is=isl it=ita iu=iku ja=jpn jv=jav \
ka=kat kg=kon ki=kik kj=kua kk=kaz kl=kal km=khm kn=kan ko=kor kr=kau ks=kas ku=kur kv=kom kw=cor ky=kir \
la=lat lb=ltz lg=lug li=lim ln=lin lo=lao lt=lit lu=lub lv=lav mg=mlg mh=mah mi=mri mk=mkd ml=mal mn=mon \
mr=mar ms=msa mt=mlt my=mya na=nau nb=nob nd=nde ne=nep ng=ndo nl=nld nn=nno no=nor nr=nbl nv=nav ny=nya \
oc=oci oj=oji om=orm or=ori os=oss pa=pan pi=pli pl=pol ps=pus pt=por qu=que rm=roh rn=run ro=ron ru=rus \
rw=kin sa=san sc=srd sd=snd se=sme sg=sag si=sin sk=slk sl=slv sm=smo sn=sna so=som sq=sqi sr=srp ss=ssw \
st=sot su=sun sv=swe sw=swa ta=tam te=tel tg=tgk th=tha ti=tir tk=tuk tl=tgl tn=tsn to=ton tr=tur ts=tso \
tt=tat tw=twi ty=tah ug=uig uk=ukr ur=urd uz=uzb ve=ven vi=vie vo=vol wa=wln wo=wol xh=xho yi=yid yo=yor \
za=zha zh=zho zu=zul";
/// The two letters of a language told by three: `fra` gives `fr`.
pub fn two_letters(three: &str) -> Option<&'static str> {
    pairs().find(|(_, known)| *known == three).map(|(two, _)| two)
}

/// The three letters of a language told by two: `fr` gives `fra`.
pub fn three_letters(two: &str) -> Option<&'static str> {
    pairs().find(|(known, _)| *known == two).map(|(_, three)| three)
}

/// Every pair: two letters, three letters.
pub fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAIRS.split(' ').filter_map(|pair| pair.split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_two_codes() {
        assert_eq!(pairs().count(), 183);
        assert!(pairs().all(|(two, three)| two.len() == 2 && three.len() == 3));
        assert_eq!((two_letters("fra"), three_letters("fr")), (Some("fr"), Some("fra")));
        assert_eq!((two_letters("gsw"), three_letters("xx")), (None, None));
    }
}
