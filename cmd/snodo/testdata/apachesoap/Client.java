import java.io.IOException;
import java.io.Writer;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Vector;
import org.apache.soap.Constants;
import org.apache.soap.encoding.SOAPMappingRegistry;
import org.apache.soap.encoding.soapenc.BeanSerializer;
import org.apache.soap.encoding.soapenc.SoapEncUtils;
import org.apache.soap.rpc.Call;
import org.apache.soap.rpc.Parameter;
import org.apache.soap.rpc.Response;
import org.apache.soap.rpc.SOAPContext;
import org.apache.soap.transport.http.SOAPHTTPConnection;
import org.apache.soap.util.xml.NSStack;
import org.apache.soap.util.xml.QName;
import org.apache.soap.util.xml.Serializer;
import org.apache.soap.util.xml.XMLJavaMappingRegistry;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Calls a SPICOM endpoint by Apache SOAP 2.3.1 and prints one line for each answer, as the library decodes it. */
public class Client {
  public static class Param {
    private String name;
    private Object value;
    public String getName() { return name; }
    public void setName(String s) { name = s; }
    public Object getValue() { return value; }
    public void setValue(Object o) { value = o; }
  }

  public static class Outcome {
    private String regional;
    private Long spicom;
    public String getIdentificativoRegionale() { return regional; }
    public void setIdentificativoRegionale(String s) { regional = s; }
    public Long getIdentificativoSpicom() { return spicom; }
    public void setIdentificativoSpicom(Long n) { spicom = n; }
  }

  public static class Conversion {
    private boolean done;
    private String[] errors;
    private String in, out;
    private Hashtable<?, ?> bean;
    private Vector<?> other;
    public boolean isConversioneEseguitaConSuccesso() { return done; }
    public void setConversioneEseguitaConSuccesso(boolean b) { done = b; }
    public String[] getErroriConversione() { return errors; }
    public void setErroriConversione(String[] s) { errors = s; }
    public Hashtable<?, ?> getTraccciatoConvertito() { return bean; }
    public void setTraccciatoConvertito(Hashtable<?, ?> h) { bean = h; }
    public Vector<?> getTracciatoComConvertito() { return other; }
    public void setTracciatoComConvertito(Vector<?> v) { other = v; }
    public String getTracciatoInIngresso() { return in; }
    public void setTracciatoInIngresso(String s) { in = s; }
    public String getTracciatoInUscita() { return out; }
    public void setTracciatoInUscita(String s) { out = s; }
  }

  /** Writes a Param whose value has the type of what it is, as the region's own serializer does. */
  static class ParamSerializer implements Serializer {
    public void marshall(String style, Class type, Object src, Object name, Writer sink, NSStack ns,
        XMLJavaMappingRegistry registry, SOAPContext ctx) throws IOException {
      Param p = (Param) src;
      ns.pushScope();
      SoapEncUtils.generateStructureHeader(style, type, name, sink, ns, registry);
      registry.marshall(style, String.class, p.name, "name", sink, ns, ctx);
      if (p.value == null) {
        SoapEncUtils.generateNullStructure(style, String.class, "value", sink, ns, registry);
      } else {
        registry.marshall(style, p.value.getClass(), p.value, "value", sink, ns, ctx);
      }
      sink.write("</" + name + ">");
      ns.popScope();
    }
  }

  static SOAPMappingRegistry registry() {
    SOAPMappingRegistry r = new SOAPMappingRegistry(null, Constants.NS_URI_2001_SCHEMA_XSD);
    BeanSerializer beans = new BeanSerializer();
    map(r, "it.csi.csi.util.Param", Param.class, new ParamSerializer(), beans);
    map(r, "it.csi.spicom.interf.EsitoInvioComunicazione", Outcome.class, beans, beans);
    map(r, "it.csi.spicom.interf.RisultatoConversioneTracciato", Conversion.class, beans, beans);
    map(r, "it.csi.spicom.dto.ComunicazioneTracciatoUnicoDTO", Hashtable.class, null, beans);
    map(r, "it.csi.spicom.dto.ComunicazioneInt", Vector.class, null, beans);
    return r;
  }

  static void map(SOAPMappingRegistry r, String name, Class<?> type, Serializer s, BeanSerializer beans) {
    r.mapTypes(Constants.NS_URI_SOAP_ENC, new QName(Constants.NS_URI_SOAP_ENC, "Bean_" + name), type, s, beans);
  }

  static String call(String url, String service, String method, Object... args) throws Exception {
    Param[] params = new Param[args.length];
    for (int i = 0; i < args.length; i++) {
      params[i] = new Param();
      params[i].name = "p" + i;
      params[i].value = args[i];
    }
    Call call = new Call();
    call.setSOAPMappingRegistry(registry());
    call.setTargetObjectURI("urn:" + service);
    call.setMethodName("invokeSynch");
    call.setEncodingStyleURI(Constants.NS_URI_SOAP_ENC);
    SOAPHTTPConnection transport = new SOAPHTTPConnection();
    transport.setTimeout(30000);
    call.setSOAPTransport(transport);
    Vector<Parameter> list = new Vector<>();
    list.add(new Parameter("methodName", String.class, method, null));
    list.add(new Parameter("param", Param[].class, params, null));
    call.setParams(list);
    Response response = call.invoke(new URL(url), "");
    if (response.generatedFault()) {
      return exception((Element) response.getFault().getDetailEntries().get(0));
    }
    return tell(((Param) response.getReturnValue().getValue()).value);
  }

  /** Reads class and message as the region's listener does: attribute and children by their literal names. */
  static String exception(Element e) {
    String type = e.getAttribute("xsi:type");
    String message = "";
    for (Node n = e.getFirstChild(); n != null; n = n.getNextSibling()) {
      if ("message".equals(n.getNodeName())) {
        message = n.getFirstChild().getNodeValue();
      }
    }
    return type.substring(type.indexOf(':') + 1).substring("Bean_".length()) + " " + message;
  }

  static String tell(Object value) {
    if (value instanceof Outcome) {
      return "outcome " + ((Outcome) value).regional + " " + ((Outcome) value).spicom;
    }
    if (value instanceof Conversion[]) {
      StringBuilder b = new StringBuilder("conversions");
      for (Conversion c : (Conversion[]) value) {
        b.append(' ').append(c.done).append('/').append(c.out != null).append('/').append(c.errors == null ? 0 : c.errors.length);
      }
      return b.toString();
    }
    return value.getClass().getSimpleName() + " " + value;
  }

  public static void main(String[] args) throws Exception {
    String url = args[0];
    String accept = "PA_AccettazioneComunicazioni", translate = "PA_ServizioTraduzioneTracciati";
    String regional = Files.readString(Path.of(args[1]), StandardCharsets.UTF_8);
    String national = Files.readString(Path.of(args[2]), StandardCharsets.UTF_8);
    String plain = Files.readString(Path.of(args[4]), StandardCharsets.UTF_8);
    byte[] archive = Files.readAllBytes(Path.of(args[3]));
    String[] answers = {
      "alive: " + call(url, accept, "isAlive"),
      "resources: " + call(url, translate, "testResources"),
      "regional: " + call(url, accept, "inviaComunicazioneProspettoXML", regional),
      "again: " + call(url, accept, "inviaComunicazioneXML", regional),
      "signed: " + call(url, accept, "inviaComunicazioneProspettoXML", national),
      "nonsense: " + call(url, accept, "inviaComunicazioneXML", "<object type=\"x\">\u00c8</object>"),
      "null: " + call(url, accept, "inviaComunicazioneXML", new Object[] {null}),
      "bean: " + call(url, accept, "inviaComunicazione", new Outcome()),
      "unknown: " + call(url, accept, "nulla"),
      "convert: " + call(url, translate, "convertiInFormatoUnico2", (Object) new String[] {plain, "<x/>"}),
      "convert old: " + call(url, translate, "convertiInFormatoUnico", (Object) new String[] {plain}),
      "archive: " + call(url, accept, "inviaComunicazioniMassive", archive),
      "no archive: " + call(url, accept, "inviaComunicazioniMassive", "ciao".getBytes(StandardCharsets.UTF_8)),
    };
    for (String a : answers) {
      System.out.println(a.replace('\n', ' '));
    }
  }
}
